import { QueryClient, queryOptions } from '@tanstack/react-query'
import { ApiProblem, api, body, LOCAL_HOST } from './client'

/** How often a page that somebody looks at asks again. */
export const POLL_MS = 2_000

/** For every query that follows the daemon: asks again while the tab is visible, and not at all while it is hidden. */
export const polling = {
  refetchInterval: POLL_MS,
  refetchIntervalInBackground: false,
  staleTime: POLL_MS / 2,
} as const

/** While the live feed tells each change, asking is only a precaution; still sooner than numbers are called stale. */
const TOLD_POLL_MS = 10_000
let told = false

/** Says whether the live feed tells the status at the moment. */
export function statusIsTold(now: boolean): void {
  told = now
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A 4xx says the same thing the second time. Two more tries for a network that blinks.
        retry: (failures, error) => {
          const { status } = ApiProblem.from(error)
          return failures < 2 && (status === 0 || status >= 500) && status !== 503
        },
        staleTime: 1_000,
        gcTime: 5 * 60_000,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

/** Query keys: the first word is the area, so that an action can make one area ask again. */
export const keys = {
  setup: ['setup'] as const,
  session: ['session'] as const,
  sessions: ['sessions'] as const,
  settings: ['settings'] as const,
  geo: ['geo'] as const,
  status: ['host', LOCAL_HOST, 'status'] as const,
  jails: ['host', LOCAL_HOST, 'jails'] as const,
  jail: (name: string) => ['host', LOCAL_HOST, 'jails', name] as const,
  bans: ['bans'] as const,
  audit: ['audit'] as const,
  history: ['history'] as const,
  stats: ['stats'] as const,
  health: ['host', LOCAL_HOST, 'health'] as const,
  log: ['host', LOCAL_HOST, 'log'] as const,
  tasks: ['tasks'] as const,
  laboratory: ['host', LOCAL_HOST, 'laboratory'] as const,
  blocklists: ['blocklists'] as const,
  allowlist: ['allowlist'] as const,
  firewall: ['host', LOCAL_HOST, 'firewall'] as const,
  /** Bans of BanGUI's own table, which have no jail. */
  ownBans: ['host', LOCAL_HOST, 'own-bans'] as const,
}

/** Who is signed in. That nobody is comes as an answer, because browsers write failed requests into their console; here it is a problem all the same. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async ({ signal }) => {
    const { setupCompleted, session } = body(await api.GET('/api/v1/start', { signal }))
    if (!setupCompleted) throw new ApiProblem('setup-required', 409, null)
    if (!session) throw new ApiProblem('unauthenticated', 401, null)
    return session
  },
  staleTime: 5 * 60_000,
})

export const statusQuery = queryOptions({
  queryKey: keys.status,
  queryFn: async ({ signal }) =>
    body(
      await api.GET('/api/v1/hosts/{host}/status', {
        params: { path: { host: LOCAL_HOST } },
        // Its tag changes with what is said and not with when: a kept answer would call a quiet daemon stale.
        cache: 'no-store',
        signal,
      }),
    ),
  ...polling,
  refetchInterval: () => (told ? TOLD_POLL_MS : POLL_MS),
})

export const jailsQuery = queryOptions({
  queryKey: keys.jails,
  queryFn: async ({ signal }) =>
    body(await api.GET('/api/v1/hosts/{host}/jails', { params: { path: { host: LOCAL_HOST } }, signal })),
  ...polling,
})
