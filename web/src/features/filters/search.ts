import type { Schemas } from '@/api/client'
import { UNKNOWN_COUNTRY } from '@/lib/country'
import { oneOf, text, texts, timestamp } from '@/lib/search'

export const RANGES = ['24h', '7d', '30d', '365d'] as const
export type Range = (typeof RANGES)[number]
export const ORIGINS = ['detected', 'manual', 'blocklist'] as const
export const EVENT_KINDS = ['ban', 'unban', 'restored'] as const

const HOUR_MS = 3_600_000
const RANGE_MS: Record<Range, number> = {
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  '30d': 30 * 24 * HOUR_MS,
  '365d': 365 * 24 * HOUR_MS,
}

/** When: one of the ranges that end now, or two instants of which the second is excluded; neither means the page's own default. */
export type RangeSearch = { range?: Range; from?: string; until?: string }

/** What overview and map are narrowed to, as it stands in the URL and goes to the API. */
export type StatsSearch = RangeSearch & {
  jail?: string[]
  /** Two letters; `ZZ` for unknown. */
  country?: string[]
  /** Numbers of networks; 0 for unknown. */
  asn?: number[]
  origin?: Schemas['EventBody']['origin'][]
}

/** The same, and what only lists of events can be narrowed to. */
export type HistorySearch = StatsSearch & {
  event?: Schemas['EventBody']['event'][]
  /** An address, a network, or any other text that is exactly the subject. */
  address?: string
}

/** For `validateSearch`: `validateSearch: (raw): MySearch => ({ ...readStatsSearch(raw), sort: … })`. */
export function readStatsSearch(raw: Record<string, unknown>): StatsSearch {
  return {
    ...readRange(raw),
    jail: texts(raw.jail),
    country: some(
      texts(raw.country)?.map((code) => code.toUpperCase()),
      (code) => /^[A-Z]{2}$/.test(code),
    ),
    asn: some(texts(raw.asn)?.map(Number), (asn) => Number.isInteger(asn) && asn >= 0 && asn < 2 ** 32),
    origin: known(texts(raw.origin), ORIGINS),
  }
}

export function readHistorySearch(raw: Record<string, unknown>): HistorySearch {
  return { ...readStatsSearch(raw), event: known(texts(raw.event), EVENT_KINDS), address: text(raw.address) }
}

function readRange(raw: Record<string, unknown>): RangeSearch {
  const from = timestamp(raw.from)
  const until = timestamp(raw.until)
  // Two instants win over a range, as the server sees it too; turned round they mean nothing.
  if (from && until && from >= until) return {}
  if (from || until) return { from, until }
  return { range: oneOf(raw.range, RANGES) }
}

function some<T>(values: T[] | undefined, keep: (value: T) => boolean): T[] | undefined {
  const kept = values?.filter(keep)
  return kept && kept.length > 0 ? kept : undefined
}

function known<T extends string>(values: string[] | undefined, allowed: readonly T[]): T[] | undefined {
  return some(
    values?.map((value) => oneOf(value, allowed)).filter((value) => value !== undefined),
    () => true,
  )
}

/** Only when: for what is narrowed by other means. */
export function rangeOf({ range, from, until }: RangeSearch): RangeSearch {
  return { range, from, until }
}

/** Only the filters of a search, without its range and whatever else the page keeps in the URL. */
export function filtersOf({ jail, country, asn, origin }: StatsSearch): StatsSearch {
  return { jail, country, asn, origin }
}

/** What `/stats/…` is asked; `fallback` when the URL names no time. */
export function statsQuery(search: StatsSearch, fallback: Range = '24h'): StatsSearch {
  const { range, from, until } = search
  return { ...filtersOf(search), ...(from || until ? { from, until } : { range: range ?? fallback }) }
}

/** The bans of the period before, with which statistics compare. */
export function bansBefore(search: HistorySearch, range: Schemas['RangeBody']): HistorySearch {
  const { address } = search
  return { ...filtersOf(search), address, event: ['ban'], from: range.previousFrom, until: range.from }
}

/** What `/history` is asked; without a time it means everything. */
export function historyQuery(search: HistorySearch): HistorySearch {
  const { event, address } = search
  return { ...rangeOf(search), ...filtersOf(search), event, address }
}

export function isFiltered(search: HistorySearch): boolean {
  const { jail, country, asn, origin, event, address } = search
  return [jail, country, asn, origin, event, address].some((value) => value !== undefined && value.length > 0)
}

/** Whether a range reaches to the present, so that what happens now belongs to it. */
export function isOpen({ until }: RangeSearch, now: number): boolean {
  return until === undefined || Date.parse(until) > now
}

/**
 * Whether an event that has just been told belongs to a list with these filters. A network as `address` is left to the server:
 * `undefined` says that one has to ask.
 */
export function matches(search: HistorySearch, event: Schemas['EventBody'], now: number): boolean | undefined {
  const at = Date.parse(event.at)
  const { range, from, until, jail, country, asn, origin, address } = search
  if (from && at < Date.parse(from)) return false
  if (until && at >= Date.parse(until)) return false
  if (range && !from && !until && at < now - RANGE_MS[range]) return false
  if (jail && !jail.includes(event.jail)) return false
  if (country && !country.includes(event.country ?? UNKNOWN_COUNTRY)) return false
  if (asn && !asn.includes(event.asn ?? 0)) return false
  if (origin && !origin.includes(event.origin)) return false
  if (search.event && !search.event.includes(event.event)) return false
  if (address && address !== event.subject) return /[/]/.test(address) || event.kind === 'network' ? undefined : false
  return true
}
