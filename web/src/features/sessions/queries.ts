import { queryOptions } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import { keys } from '@/api/queries'

// Sessions change seldom: ten seconds are fresh enough, and the list is not about the daemon.
export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: async ({ signal }) => body(await api.GET('/api/v1/sessions', { signal })),
  refetchInterval: 10_000,
  refetchIntervalInBackground: false,
})
