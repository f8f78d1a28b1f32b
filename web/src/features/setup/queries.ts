import { queryOptions } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import { keys } from '@/api/queries'

function header(token: string) {
  return token ? { 'x-setup-token': token } : {}
}

export const setupQuery = (token: string) =>
  queryOptions({
    queryKey: [...keys.setup, token],
    queryFn: async ({ signal }) => body(await api.GET('/api/v1/setup', { params: { header: header(token) }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** The sockets that fail2ban is usually behind, each tried just now. */
export const connectionsQuery = (token: string) =>
  queryOptions({
    queryKey: [...keys.setup, 'connections', token],
    queryFn: async ({ signal }) =>
      body(await api.GET('/api/v1/setup/connections', { params: { header: header(token) }, signal })),
    // Somebody may be starting fail2ban in another window, on the page's advice.
    refetchInterval: 3_000,
    refetchIntervalInBackground: false,
  })

export async function testConnection(token: string, socket: string) {
  return body(await api.POST('/api/v1/setup/connection-test', { params: { header: header(token) }, body: { socket } }))
}

type Request = {
  password: string
  timeZone: string
  sessionIdleSeconds: number
  sessionAbsoluteSeconds: number
  socket: string | null
}

export async function completeSetup(token: string, request: Request) {
  return body(await api.POST('/api/v1/setup', { params: { header: header(token) }, body: request }))
}
