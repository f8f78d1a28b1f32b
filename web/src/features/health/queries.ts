import { queryOptions } from '@tanstack/react-query'
import { api, body, LOCAL_HOST } from '@/api/client'
import { keys } from '@/api/queries'

/** Whether the running jails see what they should see. */
export const healthQuery = queryOptions({
  queryKey: keys.health,
  queryFn: async ({ signal }) =>
    body(await api.GET('/api/v1/hosts/{host}/health', { params: { path: { host: LOCAL_HOST } }, signal })),
  refetchInterval: 30_000,
  staleTime: 10_000,
})
