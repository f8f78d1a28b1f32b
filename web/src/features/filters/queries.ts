import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import { keys } from '@/api/queries'
import type { StatsSearch } from './search'

/** The API takes networks as text, so that a wrong one is answered in words. */
function onTheWire({ asn, ...search }: StatsSearch) {
  return { ...search, asn: asn?.map(String) }
}

/** Statistics move with the clock even when nothing happens; what happens is told by the live feed and asked for at once. */
const moving = { refetchInterval: 60_000, staleTime: 5_000, placeholderData: keepPreviousData } as const

export type TopBy = 'jail' | 'country' | 'network' | 'subject' | 'origin'

const BY_IN_KEY = keys.stats.length + 1

/** The most frequent ones: jails, countries, networks, subjects or origins. `query` comes from `statsQuery(search)`. */
export const topQuery = (by: TopBy, query: StatsSearch, limit: number) =>
  queryOptions({
    queryKey: [...keys.stats, 'top', by, limit, query],
    queryFn: async ({ signal }) =>
      body(await api.GET('/api/v1/stats/top', { params: { query: { ...onTheWire(query), by, limit } }, signal })),
    ...moving,
    // Jails are no stand-in for countries, nor countries for addresses: their names would become links to what is not there.
    placeholderData: (before, asked) => (asked?.queryKey[BY_IN_KEY] === by ? before : undefined),
  })

export const seriesQuery = (query: StatsSearch) =>
  queryOptions({
    queryKey: [...keys.stats, 'bans', query],
    queryFn: async ({ signal }) =>
      body(await api.GET('/api/v1/stats/bans', { params: { query: onTheWire(query) }, signal })),
    ...moving,
  })

export const heatQuery = (query: StatsSearch) =>
  queryOptions({
    queryKey: [...keys.stats, 'heat', query],
    queryFn: async ({ signal }) =>
      body(await api.GET('/api/v1/stats/heat', { params: { query: onTheWire(query) }, signal })),
    ...moving,
  })

export const failingQuery = (limit: number) =>
  queryOptions({
    queryKey: [...keys.stats, 'failing', limit],
    queryFn: async ({ signal }) =>
      body(await api.GET('/api/v1/stats/failing', { params: { query: { limit } }, signal })),
    ...moving,
    refetchInterval: 10_000,
  })
