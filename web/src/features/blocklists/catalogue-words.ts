import type { Languages } from '@/i18n/language-words'

export type KnownWords = { about: string; terms: string }

/** What is on the well-known lists and how they may be used, by their keys; the API says it in English. */
export type CatalogueWords = Readonly<Record<string, KnownWords>>

export const CATALOGUE_LANGUAGES: Languages<CatalogueWords> = { de: () => import('./catalogue-words.de') }
