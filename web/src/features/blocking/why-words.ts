import type { Schemas } from '@/api/client'
import type { Languages } from '@/i18n/language-words'

export type WhyFacts = Schemas['WhyFacts']

/** Says a reason by what it is about. What others say of it, and the rule that it is about, follow behind. */
export type SayWhy = (facts: WhyFacts) => string

/** Why something is not as it should be, by the API's stable words; the API says it in English. */
export type WhyWords = Readonly<Record<string, SayWhy>>

// They come only with a reason, and only in their language.
export const WHY_LANGUAGES: Languages<WhyWords> = { de: () => import('./why-words.de') }
