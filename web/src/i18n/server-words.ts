import type { Schemas } from '@/api/client'
import { type Languages, languageWordsQuery, useLanguageWords } from './language-words'

export type ProblemWords = {
  detail?: string
  remedy?: string
  /** What becomes of the API's own sentences where these words replace them: they say no more when left out. */
  particulars?: 'shown' | 'folded'
}

/** What the API says in English about problems and about a daemon that does not answer, in another language, by the API's stable words. */
export type ServerWords = {
  problems: Readonly<Record<string, ProblemWords>>
  /** What to do about a daemon that does not answer, where that is the same each time; whose a closed socket is, only the server can say. */
  remedies: Readonly<Partial<Record<NonNullable<Schemas['DaemonBody']['reason']>, string>>>
}

// They come only with a problem, and only in their language.
const LANGUAGES: Languages<ServerWords> = { de: () => import('./server-words.de') }

/** The words of the page's language; `null` where it is English, or they could not be loaded. */
export function useServerWords() {
  return useLanguageWords('server', LANGUAGES)
}

/** The same, for what is said once and not shown by a component. */
export function serverWordsQuery(locale: string) {
  return languageWordsQuery('server', locale, LANGUAGES)
}
