import createClient, { type Middleware } from 'openapi-fetch'
import type { HistoryPaths, HistorySchemas } from './history-schema'
import { ApiProblem } from './problem'
import type { components, paths } from './schema'

export { ApiProblem } from './problem'
// What the generated types have wins over what was written by hand before they had it.
export type Schemas = components['schemas'] & Omit<HistorySchemas, keyof components['schemas']>
type Paths = paths & Omit<HistoryPaths, keyof paths>

/** The folder that the page is served under, from `<base href>`: `/` or for example `/bangui/`. */
export function basePath(): string {
  return new URL('.', document.baseURI).pathname
}

const listeners = new Set<() => void>()

/** Tells when the server says that nobody is signed in any more. */
export function onSignedOut(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const problems: Middleware = {
  async onResponse({ response, schemaPath, request }) {
    if (response.ok) return
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => null)
    const problem = ApiProblem.fromBody(body, response)
    // The question "who am I?" and a wrong password answer 401 too: those callers want to see it themselves.
    if (problem.code === 'unauthenticated' && !(schemaPath === '/api/v1/session' && request.method === 'GET')) {
      for (const listener of listeners) listener()
    }
    throw problem
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === 'AbortError') return
    return error instanceof ApiProblem ? error : new ApiProblem('network', 0, null, error)
  },
}

/** The API. Every call gives `data` or throws an `ApiProblem`. */
export const api = createClient<Paths>({
  baseUrl: new URL('.', document.baseURI).href.replace(/\/$/, ''),
  credentials: 'same-origin',
  // Read at each call, so that tests can put a server of their own in between.
  fetch: (request: Request) => globalThis.fetch(request),
  querySerializer: { array: { style: 'form', explode: true } },
})
api.use(problems)

/** When the server found that what the browser has kept is still true: the body then has the moment at which it was sent. */
const AS_OF = 'bangui-as-of'

/** The body of an answer that the middleware has let through. */
export function body<T>({ data, response }: { data?: T; response?: Response }): T {
  if (data === undefined) throw new ApiProblem('unreadable', 0, null)
  const asOf = response?.headers.get(AS_OF)
  if (!asOf || !data || typeof data !== 'object' || !('asOf' in data)) return data
  return Date.parse(asOf) > Date.parse(String(data.asOf)) ? { ...data, asOf } : data
}

/** Ends in the one host that there is today. */
export const LOCAL_HOST = 'local'
