import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import type { Schemas } from '@/api/client'
import { configState, item } from '@/features/config/test-config'
import { currentSession, hostStatus, jailList, start } from './fixtures'

export { HttpResponse, http } from 'msw'

/** The address of a route of the API: `url('/bans')`. */
export function url(path: string): string {
  return `http://localhost:3000/api/v1${path}`
}

/** An answer as problem+json. */
export function problem(code: string, status: number, more: Partial<Schemas['Problem']> = {}) {
  const body: Schemas['Problem'] = { type: `/problems/${code}`, title: code, status, requestId: 'req-1', ...more }
  return HttpResponse.json(body, { status, headers: { 'content-type': 'application/problem+json' } })
}

/** What every page behind the sign-in asks for. A test adds its own with `server.use(...)`. */
export const server = setupServer(
  http.get(url('/setup'), () => HttpResponse.json({ completed: true, tokenRequired: false, defaults: null })),
  http.get(url('/start'), () => HttpResponse.json(start(currentSession()))),
  http.get(url('/hosts/local/status'), () => HttpResponse.json(hostStatus())),
  http.get(url('/hosts/local/config/state'), () => HttpResponse.json(configState())),
  http.get(url('/hosts/local/config/items/jails/:name'), () => HttpResponse.json(item())),
  http.get(url('/hosts/local/config/items'), () => HttpResponse.json({ items: [], findings: [], asOf: null })),
  http.get(url('/hosts/local/health'), () => HttpResponse.json({ items: [], asOf: new Date().toISOString() })),
  http.get(url('/hosts/local/jails'), () => HttpResponse.json(jailList())),
)
