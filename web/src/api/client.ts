import { calls } from './call'
import { ApiProblem } from './problem'
import type { components, paths } from './schema'

export { ApiProblem } from './problem'
export type Schemas = components['schemas']

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

/** What an answer says that is none of success. */
async function refused(response: Response, path: string, request: Request): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null)
  const problem = ApiProblem.fromBody(body, response)
  // The question "who am I?" and a wrong password answer 401 too: those callers want to see it themselves.
  if (problem.code === 'unauthenticated' && !(path === '/api/v1/session' && request.method === 'GET')) {
    for (const listener of listeners) listener()
  }
  return problem
}

function unanswered(error: unknown): unknown {
  if (error instanceof DOMException && error.name === 'AbortError') return error
  return new ApiProblem('network', 0, null, error)
}

function unreadable(error: unknown, response: Response): ApiProblem {
  return new ApiProblem('unreadable', response.status, null, error)
}

/** The API. Every call gives `data` or throws an `ApiProblem`, or an `AbortError` when it was cancelled. */
export const api = calls<paths>(new URL('.', document.baseURI).href.replace(/\/$/, ''), {
  refused,
  unanswered,
  unreadable,
})

/** When the server found that what the browser has kept is still true: the body then has the moment at which it was sent. */
const AS_OF = 'bangui-as-of'

/** The body of an answer that is no problem. */
export function body<T>({ data, response }: { data?: T; response?: Response }): T {
  if (data === undefined) throw new ApiProblem('unreadable', 0, null)
  const asOf = response?.headers.get(AS_OF)
  if (!asOf || !data || typeof data !== 'object' || !('asOf' in data)) return data
  return Date.parse(asOf) > Date.parse(String(data.asOf)) ? { ...data, asOf } : data
}

/** Ends in the one host that there is today. */
export const LOCAL_HOST = 'local'
