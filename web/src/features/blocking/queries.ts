import { type Query, queryOptions } from '@tanstack/react-query'
import { api, body, LOCAL_HOST, type Schemas } from '@/api/client'
import { keys, POLL_MS, polling } from '@/api/queries'

/** What changes by itself now and then only. */
const CALM_MS = 5 * POLL_MS

const host = { path: { host: LOCAL_HOST } } as const

type Lists = Schemas['BlocklistList']

/** Follows an import closely, and else looks now and then. */
function whileImporting(query: Query<Lists, Error, Lists, readonly string[]>): number {
  return query.state.data?.items.some((list) => list.importing) ? POLL_MS / 2 : CALM_MS
}

export const blocklistsQuery = queryOptions({
  queryKey: [...keys.blocklists, 'list'],
  queryFn: async ({ signal }) => body(await api.GET('/api/v1/blocklists', { signal })),
  ...polling,
  refetchInterval: whileImporting,
})

export const hitsQuery = queryOptions({
  queryKey: [...keys.blocklists, 'hits'],
  queryFn: async ({ signal }) => body(await api.GET('/api/v1/blocklists/hits', { signal })),
  ...polling,
  refetchInterval: CALM_MS,
})

export const overlapsQuery = queryOptions({
  queryKey: [...keys.blocklists, 'overlaps'],
  queryFn: async ({ signal }) => body(await api.GET('/api/v1/blocklists/overlaps', { signal })),
})

/** How the firewall stands: BanGUI's own table, and what was not as it should be when it was last looked at. */
export const firewallQuery = queryOptions({
  queryKey: keys.firewall,
  queryFn: async ({ signal }) => body(await api.GET('/api/v1/hosts/{host}/firewall', { params: host, signal })),
  ...polling,
  refetchInterval: CALM_MS,
})

/** Bans without a jail that are in force. */
export const ownBansQuery = queryOptions({
  queryKey: [...keys.ownBans, 'in-force'],
  queryFn: async ({ signal }) => body(await api.GET('/api/v1/hosts/{host}/own-bans', { params: host, signal })),
  ...polling,
  refetchInterval: CALM_MS,
})

export const allowlistQuery = queryOptions({
  queryKey: keys.allowlist,
  queryFn: async ({ signal }) => body(await api.GET('/api/v1/allowlist', { signal })),
  ...polling,
  refetchInterval: CALM_MS,
})
