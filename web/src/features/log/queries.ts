import { queryOptions } from '@tanstack/react-query'
import { api, body, LOCAL_HOST } from '@/api/client'
import { keys, polling } from '@/api/queries'
import type { LogSearch } from '@/routes/log'
import { follow, type Tail } from './tail'

/** The most lines of one answer. */
const LIMIT = 1_000

/** The end of fail2ban's log, followed: each asking brings what has come since the one before. */
export function logQuery({ level, text }: LogSearch) {
  const queryKey = [...keys.log, level ?? null, text ?? null] as const
  return queryOptions({
    queryKey,
    queryFn: async ({ signal, client }): Promise<Tail> => {
      const before = client.getQueryData<Tail>(queryKey)
      const page = body(
        await api.GET('/api/v1/hosts/{host}/log', {
          params: { path: { host: LOCAL_HOST }, query: { level, text, after: before?.next, limit: LIMIT } },
          signal,
        }),
      )
      return follow(before, page)
    },
    ...polling,
    // Rows are told by their number; comparing thousands of them every two seconds would be for nothing.
    structuralSharing: false,
    gcTime: 0,
  })
}

/** Makes fail2ban open its log anew. Gives its word. */
export async function flushLogs() {
  return body(await api.POST('/api/v1/hosts/{host}/log/flush', { params: { path: { host: LOCAL_HOST } }, body: {} }))
}
