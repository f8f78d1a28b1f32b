/**
 * History, statistics, health and the catalogue of blocklists, in the form of `schema.d.ts`, for as long as that file does not have them:
 * whatever it has wins.
 */
import type { components } from './schema'

type Problem = components['schemas']['Problem']
type Answers<T, Status extends number = 200> = {
  [S in Status]: { headers: { [name: string]: unknown }; content: { 'application/json': T } }
} & {
  default: { headers: { [name: string]: unknown }; content: { 'application/problem+json': Problem } }
}
type Get<T, Query = never, Path = never> = {
  parameters: {
    query?: Query
    header?: never
    path: Path
    cookie?: never
  }
  requestBody?: never
  responses: Answers<T>
}
type Plain<T, Query = never> = {
  parameters: { query?: Query; header?: never; path?: never; cookie?: never }
  requestBody?: never
  responses: Answers<T>
}
type Route<G> = {
  parameters: { query?: never; header?: never; path?: never; cookie?: never }
  get: G
  put?: never
  post?: never
  delete?: never
  options?: never
  head?: never
  patch?: never
  trace?: never
}

type S = HistorySchemas
type StatsFilters = {
  host?: string
  from?: string
  until?: string
  range?: '24h' | '7d' | '30d' | '365d'
  jail?: string[]
  country?: string[]
  asn?: number[]
  origin?: S['Origin'][]
}
type HistoryFilters = StatsFilters & { event?: S['EventKind'][]; address?: string }

export interface HistoryPaths {
  '/api/v1/history': Route<
    Plain<S['HistoryPageBody'], HistoryFilters & { order?: 'asc' | 'desc'; cursor?: string; limit?: number }>
  >
  '/api/v1/history/{id}': Route<Get<S['EventDetailBody'], never, { id: string }>>
  '/api/v1/history/size': Route<Plain<S['HistorySizeBody']>>
  '/api/v1/stats/bans': Route<Plain<S['BanSeriesBody'], StatsFilters>>
  '/api/v1/stats/top': Route<
    Plain<S['TopBody'], StatsFilters & { by: 'jail' | 'country' | 'network' | 'subject' | 'origin'; limit?: number }>
  >
  '/api/v1/stats/heat': Route<Plain<S['HeatBody'], StatsFilters>>
  '/api/v1/stats/failing': Route<Plain<S['FailingBody'], { host?: string; since?: string; limit?: number }>>
  '/api/v1/hosts/{host}/health': Route<Get<S['JailHealthList'], never, { host: string }>>
  '/api/v1/geo': Route<Plain<S['GeoBody']>>
  '/api/v1/blocklists/catalogue': Route<Plain<S['BlocklistCatalogue']>>
  '/api/v1/addresses/{ip}': Route<Get<S['AddressBody'], never, { ip: string }>>
  '/api/v1/addresses/{ip}/lookup': Omit<Route<never>, 'get' | 'post'> & {
    get?: never
    post: {
      parameters: { query?: never; header?: never; path: { ip: string }; cookie?: never }
      requestBody: { content: { 'application/json': { what: 'name' | 'rdap' } } }
      responses: Answers<S['LookupBody']>
    }
  }
}

export interface HistorySchemas {
  BlocklistFormat: 'addresses' | 'networks' | 'jsonLines' | 'columns'
  BlocklistFamilies: 'v4' | 'v6' | 'both'
  KnownBlocklist: {
    key: string
    name: string
    url: string
    home: string
    about: string
    terms: string
    format: S['BlocklistFormat']
    families: S['BlocklistFamilies']
    entries?: number | null
    everySeconds: number
    isAdded: boolean
  }
  BlocklistCatalogue: { items: S['KnownBlocklist'][] }
  EventKind: 'ban' | 'unban' | 'restored'
  Origin: 'detected' | 'manual' | 'blocklist'
  UnbanCause: 'expired' | 'byHand' | 'flushed' | 'unknown'
  EventBody: {
    id: string
    host: string
    at: string
    event: S['EventKind']
    cause?: S['UnbanCause'] | null
    jail: string
    subject: string
    kind: 'address' | 'network' | 'other'
    family?: 'v4' | 'v6' | null
    origin: S['Origin']
    actor?: string | null
    until?: string | null
    permanent: boolean
    bantimeSeconds?: number | null
    failures?: number | null
    banCount?: number | null
    country?: string | null
    asn?: number | null
    networkName?: string | null
    hasLines: boolean
  }
  CountBody: { count: number; more: boolean }
  HistoryPageBody: { items: S['EventBody'][]; nextCursor?: string | null; total?: S['CountBody'] | null }
  EventDetailBody: { event: S['EventBody']; lines: string[] }
  HistorySizeBody: { events: number; oldest?: string | null; bytes: number; retentionDays: number }
  RangeBody: { from: string; until: string; previousFrom: string; timeZone: string }
  BucketSize: 'quarter' | 'hour' | 'day' | 'week' | 'month'
  BanBucketBody: { start: string; bans: number; previous: number }
  BanSeriesBody: {
    range: S['RangeBody']
    bucket: S['BucketSize']
    buckets: S['BanBucketBody'][]
    total: number
    previousTotal: number
  }
  TopItemBody: {
    key?: string | null
    label?: string | null
    country?: string | null
    asn?: number | null
    bans: number
    previous: number
  }
  TopBody: { range: S['RangeBody']; items: S['TopItemBody'][]; total: number; exact: boolean }
  HeatBody: { range: S['RangeBody']; timeZone: string; cells: number[][] }
  FailingItemBody: {
    host: string
    jail: string
    subject: string
    kind: 'address' | 'network' | 'other'
    failures: number
    lastAt: string
    country?: string | null
    asn?: number | null
    networkName?: string | null
  }
  FailingBody: { since: string; items: S['FailingItemBody'][] }
  JailAlarm:
    | 'logMissing'
    | 'logUnreadable'
    | 'logRotatedAway'
    | 'logNotRead'
    | 'logSilent'
    | 'nothingMatches'
    | 'clockDiffers'
    | 'noLog'
  JailLogBody: { path: string; writtenAt?: string | null; size?: number | null; readTo?: number | null }
  JailHealthBody: {
    jail: string
    logs: S['JailLogBody'][]
    lastFailureAt?: string | null
    lastBanAt?: string | null
    alarms: S['JailAlarm'][]
  }
  JailHealthList: { items: S['JailHealthBody'][]; asOf?: string | null }
  GeoSourceBody: {
    kind: 'country' | 'network'
    name: string
    supplied: boolean
    madeAt?: string | null
    ageDays?: number | null
    old: boolean
    ranges: number
    licence: string
    problem?: string | null
  }
  GeoBody: { items: S['GeoSourceBody'][] }
  AddressJailBody: {
    host: string
    jail: string
    bans: number
    unbans: number
    failures: number
    firstAt?: string | null
    lastAt?: string | null
  }
  BanTimeBody: {
    host: string
    jail: string
    bansSoFar: number
    increments: boolean
    baseSeconds: number
    nextSeconds?: number | null
    maxSeconds?: number | null
    formula?: string | null
    multipliers?: string | null
    factor?: string | null
  }
  AddressBody: {
    subject: string
    kind: 'address' | 'network' | 'other'
    family?: 'v4' | 'v6' | null
    country?: string | null
    asn?: number | null
    networkName?: string | null
    scope?: 'public' | 'private' | 'loopback' | 'linkLocal' | 'documentation' | 'multicast' | 'reserved' | null
    jails: S['AddressJailBody'][]
    current: components['schemas']['ActiveBanBody'][]
    banTimes: S['BanTimeBody'][]
    guard: components['schemas']['HitBody'][]
    ignoredIn: string[]
  }
  LookupBody: {
    what: 'name' | 'rdap'
    name?: string | null
    rdap?: {
      handle?: string | null
      name?: string | null
      range?: string | null
      country?: string | null
      organisation?: string | null
      abuseContacts: string[]
      source?: string | null
    } | null
    at: string
    cached: boolean
  }
}
