import type { Client } from 'openapi-fetch'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
/** Of the library's client only the types are used: the rest of it is for APIs that ours is not, and would be part of each first load. */
export type Calls<Paths extends object> = Pick<Client<Paths>, Method>

type Values = Record<string, unknown>
type Options = Omit<RequestInit, 'body' | 'method'> & {
  params?: { path?: Values; query?: Values; header?: Values }
  body?: unknown
}

type Handlers = {
  /** Gives the problem that an answer is. */
  refused: (response: Response, path: string, request: Request) => Promise<Error>
  /** Gives what is thrown when nothing answers. */
  unanswered: (error: unknown) => unknown
  /** Gives what is thrown when an answer that is no refusal is no JSON. */
  unreadable: (error: unknown, response: Response) => unknown
}

/** Calls an API whose bodies are JSON and whose lists in queries are repeated names. */
export function calls<Paths extends object>(base: string, { refused, unanswered, unreadable }: Handlers): Calls<Paths> {
  async function call(method: Method, path: string, { params = {}, body, headers, ...init }: Options = {}) {
    const sent = new Headers(headers)
    if (body !== undefined) sent.set('content-type', 'application/json')
    for (const [name, value] of given(params.header)) sent.set(name, String(value))
    const request = new Request(base + filled(path, params.path) + search(params.query), {
      credentials: 'same-origin',
      ...init,
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const lost = (error: unknown) => {
      throw unanswered(error)
    }
    // Read at each call, so that tests can put a server of their own in between.
    const response = await globalThis.fetch(request).catch(lost)
    if (!response.ok) throw await refused(response, path, request)
    // The connection may break in the midst of the body.
    const text = await response.text().catch(lost)
    try {
      return { data: text === '' ? undefined : JSON.parse(text), response }
    } catch (error) {
      throw unreadable(error, response)
    }
  }
  const by = (method: Method) => (path: string, options?: Options) => call(method, path, options)
  const all = { GET: by('GET'), POST: by('POST'), PUT: by('PUT'), PATCH: by('PATCH'), DELETE: by('DELETE') }
  return all as unknown as Calls<Paths>
}

function filled(path: string, values: Values = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])))
}

function search(values?: Values): string {
  const query = new URLSearchParams()
  for (const [name, value] of given(values)) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one))
  }
  const text = query.toString()
  return text && `?${text}`
}

function given(values: Values = {}): [string, unknown][] {
  return Object.entries(values).filter(([, value]) => value !== undefined && value !== null)
}
