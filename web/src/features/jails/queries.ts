import { queryOptions } from '@tanstack/react-query'
import { api, body, LOCAL_HOST } from '@/api/client'
import { keys, polling } from '@/api/queries'

/** One jail with its running settings. */
export function jailQuery(jail: string) {
  return queryOptions({
    queryKey: keys.jail(jail),
    queryFn: async ({ signal }) =>
      body(
        await api.GET('/api/v1/hosts/{host}/jails/{jail}', { params: { path: { host: LOCAL_HOST, jail } }, signal }),
      ),
    ...polling,
  })
}
