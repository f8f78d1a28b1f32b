import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Languages, useLanguageWords } from '@/i18n/language-words'
import { optionsQuery } from '../queries'
import type { Finding, OptionSpec, Step } from '../types'

/**
 * What the API says in English and names by stable words, in the language of the page: what options do, what was found, and where a change
 * failed. English needs none, for the API says it.
 */
export type Words = {
  /** What an option does, by kind of item and name. */
  help: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** What a plain number counts, by the API's word for it. */
  units: Readonly<Record<string, string>>
  findings: Readonly<Record<string, FindingWords>>
  failures: FailureWords
}

/** What a sentence about a finding is made of. */
export type Found = Pick<Finding, 'code' | 'detail'> & Partial<Pick<Finding, 'option'>>

export type FindingWords = {
  /** What is wrong, and what to do. */
  says: string | ((found: Found) => string)
  /** What becomes of the API's own sentence: it says no more, or more than one needs at first, or what counts. */
  detail: 'none' | 'folded' | 'shown'
}

/** What failed, where the API says why in words of others. */
export type FailureWords = {
  /** By the step at which a change failed. */
  steps: Readonly<Record<Step, string>>
  /** A version, of which the step is not known any more. */
  version: string
  /** What could not be undone. */
  undo: string
}

// They come only with a page that says them, and only in their language.
const LANGUAGES: Languages<Words> = { de: () => import('./de') }

/** The words of the page's language; `null` where it is English, or they could not be loaded. */
export function useWords() {
  return useLanguageWords('config', LANGUAGES)
}

/** An option's description, its help and unit in the language of the page. */
function specIn(words: Words, spec: OptionSpec): OptionSpec {
  const help = words.help[spec.item]?.[spec.name]
  const unit = spec.unit && (words.units[spec.unit] ?? spec.unit)
  return help ? { ...spec, help, unit, helpLang: undefined } : { ...spec, unit }
}

/** The descriptions of all options, in the language of the page. */
export function useSpecs() {
  const { data: told, error, refetch } = useQuery(optionsQuery)
  const { words, loading } = useWords()
  const data = useMemo(() => {
    if (!told || loading) return undefined
    const english = told.map((spec) => ({ ...spec, helpLang: 'en' }))
    return words ? english.map((spec) => specIn(words, spec)) : english
  }, [told, words, loading])
  return { data, error, refetch }
}

/** A finding as the page says it. */
export type SaidFinding = {
  text: string
  /** The language of the text, where it is not the page's. */
  lang?: 'en'
  /** What the API says, where that is more. */
  detail: string | null
  folded: boolean
}

/** Says findings in the language of the page; what it has no words for, as the API says it. */
export function sayFinding(words: Words | null, finding: Found): SaidFinding {
  const found = words?.findings[finding.code]
  if (!found) return { text: finding.detail, lang: 'en', detail: null, folded: false }
  const { says, detail } = found
  return {
    text: typeof says === 'string' ? says : says(finding),
    detail: detail === 'none' ? null : finding.detail,
    folded: detail === 'folded',
  }
}
