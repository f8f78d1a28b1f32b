/**
 * Laboratory, log and daemon, in the form of `schema.d.ts`, for as long as that file does not have them: whatever it has wins.
 */
import type { components } from './schema'

type Problem = components['schemas']['Problem']
type Host = { host: string }
type Filter = Host & { filter: string }
type Route = {
  parameters: { query?: never; header?: never; path?: never; cookie?: never }
  get?: never
  put?: never
  post?: never
  delete?: never
  options?: never
  head?: never
  patch?: never
  trace?: never
}
type Call<T, Path, Body = never, Query = never> = {
  parameters: { query?: Query; header?: never; path: Path; cookie?: never }
  requestBody: [Body] extends [never] ? undefined : { content: { 'application/json': Body } }
  responses: {
    200: { headers: { [name: string]: unknown }; content: { 'application/json': T } }
    default: { headers: { [name: string]: unknown }; content: { 'application/problem+json': Problem } }
  }
}
type Get<T, Path, Query = never> = Omit<Call<T, Path, never, Query>, 'requestBody'> & { requestBody?: never }
type Act<T, Path> = Call<T, Path, Record<string, never>>
type S = LaboratorySchemas

export interface LaboratoryPaths {
  '/api/v1/hosts/{host}/laboratory/test': Omit<Route, 'post'> & {
    post: Call<S['RegexReportBody'], Host, S['RegexTestRequest']>
  }
  '/api/v1/hosts/{host}/laboratory/filters/{filter}/samples': Omit<Route, 'get' | 'put'> & {
    get: Get<S['SamplesBody'], Filter>
    put: Call<S['SamplesBody'], Filter, S['SamplesBody']>
  }
  '/api/v1/hosts/{host}/laboratory/filters/{filter}/samples/run': Omit<Route, 'post'> & {
    post: Call<S['SamplesReportBody'], Filter, { text?: string | null }>
  }
  '/api/v1/hosts/{host}/log': Omit<Route, 'get'> & {
    get: Get<S['LogPageBody'], Host, { level?: S['LogLevel']; text?: string; after?: string; limit?: number }>
  }
  '/api/v1/hosts/{host}/log/flush': Omit<Route, 'post'> & { post: Act<{ answer: string }, Host> }
  '/api/v1/hosts/{host}/daemon/restart': Omit<Route, 'post'> & { post: Act<S['RestartReportBody'], Host> }
}

export type LaboratorySchemas = {
  RegexTestRequest: {
    source:
      | { from: 'filter'; name: string; parameters: Record<string, string> }
      | { from: 'text'; name: string; text: string; parameters: Record<string, string> }
      | { from: 'regexes'; failregex: string[]; ignoreregex: string[]; datepattern?: string | null }
    lines: { from: 'pasted'; text: string } | { from: 'file'; path: string } | { from: 'journal'; matches: string[] }
    maxLines?: number | null
  }
  TestedLineBody: {
    number: number
    text: string
    outcome: 'matched' | 'ignored' | 'context' | 'missed'
    cut: boolean
    regex?: number | null
    host?: string | null
    time?: string | null
    fields: Record<string, string>
    spans: S['LineSpanBody'][]
  }
  LineSpanBody: { name: string; start: number; end: number; exact: boolean }
  RegexCountBody: { regex: string; matched: number }
  RegexReportBody: {
    refused?: string | null
    total: number
    matched: number
    ignored: number
    context: number
    missed: number
    withoutTime: number
    failregex: S['RegexCountBody'][]
    ignoreregex: S['RegexCountBody'][]
    lines: S['TestedLineBody'][]
    linesCut: boolean
    milliseconds: number
  }
  SampleBody: { line: string; host?: string | null; note?: string }
  SamplesBody: { items: S['SampleBody'][] }
  SampleResultBody: { sample: S['SampleBody']; passed: boolean; found?: string | null }
  SamplesReportBody: { refused?: string | null; results: S['SampleResultBody'][] }
  LogLevel: 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical'
  LogLineBody: { at?: string | null; level?: S['LogLevel'] | null; logger?: string | null; text: string; cut: boolean }
  LogPageBody: { lines: S['LogLineBody'][]; next: string; source: string; problem?: string | null; gap: boolean }
  RestartReportBody: { by: string; jailsLost: string[]; running: string[]; milliseconds: number }
}
