import { useLingui } from '@lingui/react'
import { queryOptions, useQuery } from '@tanstack/react-query'

/** Where the words of each language are that needs any; the API says all in English. */
export type Languages<W> = Readonly<Record<string, () => Promise<{ words: W }>>>

/** The words of a language: `null` where it needs none. */
export function languageWordsQuery<W>(what: string, locale: string, languages: Languages<W>) {
  return queryOptions({
    queryKey: ['language-words', what, locale],
    queryFn: async () => (await languages[locale]?.())?.words ?? null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    // The code of the page is there without the network's being so, and what cannot be loaded is said in English.
    networkMode: 'always',
    retry: false,
  })
}

/** The words of the page's language, loaded when they are first needed; `null` where it is English, or they could not be loaded. */
export function useLanguageWords<W>(what: string, languages: Languages<W>): { words: W | null; loading: boolean } {
  const { locale } = useLingui().i18n
  const query = languageWordsQuery(what, locale, languages)
  const { data, isLoading } = useQuery({ ...query, enabled: locale in languages })
  return { words: data ?? null, loading: isLoading }
}
