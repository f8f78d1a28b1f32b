import { useLingui } from '@lingui/react'
import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '@/api/client'

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

// They come only with a problem, and only in their language. English needs none, for the API says it.
const LANGUAGES: Readonly<Record<string, () => Promise<{ words: ServerWords }>>> = {
  de: () => import('./server-words.de'),
}

/** The words of the page's language; `null` where it is English, or they could not be loaded. */
export function useServerWords(): { words: ServerWords | null; loading: boolean } {
  const { locale } = useLingui().i18n
  const { data, isLoading } = useQuery({
    queryKey: ['server-words', locale],
    queryFn: async () => (await LANGUAGES[locale]?.())?.words ?? null,
    enabled: locale in LANGUAGES,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    // The code of the page is there without the network's being so, and what cannot be loaded is said in English.
    networkMode: 'always',
    retry: false,
  })
  return { words: data ?? null, loading: isLoading }
}
