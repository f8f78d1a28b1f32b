import type { Schemas } from '@/api/client'

type Page = Schemas['LogPageBody']
export type LogLine = Schemas['LogLineBody']

/** What a row shows: a line, or that lines are missing before the next one. `id` grows from row to row. */
export type Entry = { id: number; line: LogLine } | { id: number; line: null }

/** The end of the log as far as this page has followed it. */
export type Tail = {
  entries: readonly Entry[]
  /** Where to go on. */
  next: string
  source: string
  /** Why there is nothing to read. */
  problem: NonNullable<Page['problem']> | null
  /** Whether older rows were let go, so that a page that is left open does not fill the memory. */
  trimmed: boolean
}

/** So many rows are kept, and so many are let go at once when there are more. */
export const MOST = 10_000
const LET_GO = 2_000

/** The end of the log with what has come since. */
export function follow(before: Tail | undefined, page: Page): Tail {
  let id = before?.entries.at(-1)?.id ?? 0
  const fresh: Entry[] = []
  if (page.gap && before) fresh.push({ id: ++id, line: null })
  for (const line of page.lines) fresh.push({ id: ++id, line })
  const place = { next: page.next, source: page.source, problem: page.problem ?? null }
  // The same array as before where nothing came, so that no row is drawn again.
  if (before && fresh.length === 0) return { ...before, ...place }
  const entries = [...(before?.entries ?? []), ...fresh]
  if (entries.length <= MOST) return { ...place, entries, trimmed: before?.trimmed ?? false }
  return { ...place, entries: entries.slice(entries.length - (MOST - LET_GO)), trimmed: true }
}
