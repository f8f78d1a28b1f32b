import type { Schemas } from '@/api/client'
import type { LaboratorySearch } from '@/routes/laboratory'
import type { Drafts } from './drafts'
import { parseParameters } from './parameters'

export type RegexTest = Schemas['RegexTestRequest']
export type RegexReport = Schemas['RegexReportBody']
export type TestedLine = Schemas['TestedLineBody']

/** Why there is nothing to test yet. */
export type Missing = 'filter' | 'parameters' | 'text' | 'regexes' | 'lines' | 'path' | 'journal'

const DEFAULT_LINES = 1_000

const nonEmpty = (text: string) => text.split('\n').filter((line) => line.trim() !== '')

/** What the page is set to as a test, or what is missing for one. */
export function requestOf(search: LaboratorySearch, drafts: Drafts): RegexTest | Missing {
  const source = sourceOf(search, drafts)
  if (typeof source === 'string') return source
  const lines = linesOf(search, drafts)
  if (typeof lines === 'string') return lines
  return { source, lines, maxLines: Number(search.most ?? DEFAULT_LINES) }
}

function sourceOf(search: LaboratorySearch, drafts: Drafts): RegexTest['source'] | Missing {
  if (search.try === 'regexes') {
    const failregex = nonEmpty(drafts.failregex)
    const ignoreregex = nonEmpty(drafts.ignoreregex)
    if (failregex.length + ignoreregex.length === 0) return 'regexes'
    return { from: 'regexes', failregex, ignoreregex, datepattern: drafts.datepattern.trim() || null }
  }
  const name = search.filter
  if (!name) return 'filter'
  const parameters = parseParameters(search.parameters ?? '')
  if (!parameters) return 'parameters'
  if (search.try !== 'text') return { from: 'filter', name, parameters }
  const text = drafts.texts[name]
  // Until its .local has been loaded there is no text.
  return text === undefined ? 'text' : { from: 'text', name, text, parameters }
}

function linesOf(search: LaboratorySearch, drafts: Drafts): RegexTest['lines'] | Missing {
  if (search.lines === 'file') return search.path ? { from: 'file', path: search.path } : 'path'
  if (search.lines === 'journal') {
    const matches = (search.journal ?? '').split(/\s+/).filter(Boolean)
    return matches.length > 0 ? { from: 'journal', matches } : 'journal'
  }
  return drafts.lines.trim() === '' ? 'lines' : { from: 'pasted', text: drafts.lines }
}
