import { expect, test, vi } from 'vitest'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import { ApiProblem, api, body, onSignedOut } from './client'

const sessions = () => api.GET('/api/v1/sessions').then(body)

test('a problem of the server is thrown with code, remedy and request id', async () => {
  server.use(http.get(url('/sessions'), () => problem('daemon-unavailable', 503, { remedy: 'start it' })))
  const failure = await sessions().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ApiProblem)
  expect(failure).toMatchObject({
    code: 'daemon-unavailable',
    status: 503,
    problem: { remedy: 'start it', requestId: 'req-1' },
  })
})

test('an answer that is no problem document is called unreadable', async () => {
  server.use(http.get(url('/sessions'), () => new HttpResponse('<h1>502</h1>', { status: 502 })))
  await expect(sessions()).rejects.toMatchObject({ code: 'unreadable', status: 502 })
})

test('no answer at all is called network', async () => {
  server.use(http.get(url('/sessions'), () => HttpResponse.error()))
  await expect(sessions()).rejects.toMatchObject({ code: 'network', status: 0 })
})

test('a connection that breaks in the midst of an answer is called network', async () => {
  const cut = new TypeError('network error')
  const half = new ReadableStream({
    start(stream) {
      stream.enqueue(new TextEncoder().encode('{"items": ['))
      stream.error(cut)
    },
  })
  server.use(http.get(url('/sessions'), () => new HttpResponse(half)))
  const failure = await sessions().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ApiProblem)
  expect(failure).toMatchObject({ code: 'network', status: 0, cause: { message: expect.any(String) } })
})

test('a success that is no JSON is called unreadable', async () => {
  server.use(http.get(url('/sessions'), () => new HttpResponse('<h1>Sign in</h1>')))
  const failure = await sessions().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ApiProblem)
  expect(failure).toMatchObject({ code: 'unreadable', status: 200, cause: { name: 'SyntaxError' } })
})

test('Retry-After counts where the body says nothing', async () => {
  server.use(
    http.get(url('/sessions'), () =>
      HttpResponse.json(
        { type: '/problems/busy', title: 'Busy', status: 503, requestId: 'r' },
        { status: 503, headers: { 'retry-after': '7' } },
      ),
    ),
  )
  await expect(sessions()).rejects.toMatchObject({ retryAfterSeconds: 7 })
})

test('a session that ended is announced, a wrong password is not', async () => {
  const heard = vi.fn()
  const stop = onSignedOut(heard)
  server.use(
    http.post(url('/session'), () => problem('wrong-credentials', 401)),
    http.get(url('/sessions'), () => problem('unauthenticated', 401)),
  )
  await api.POST('/api/v1/session', { body: { name: 'admin', password: 'x' } }).catch(() => {})
  expect(heard).not.toHaveBeenCalled()
  await sessions().catch(() => {})
  expect(heard).toHaveBeenCalledTimes(1)
  stop()
})

test('a cancelled question stays a cancellation', async () => {
  server.use(http.get(url('/sessions'), () => HttpResponse.json({ items: [] })))
  const stop = new AbortController()
  stop.abort()
  await expect(api.GET('/api/v1/sessions', { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' })
})

test('an answer that was found to be still true is as of then', async () => {
  const [sent, found] = ['2026-01-01T00:00:00Z', '2026-01-01T00:05:00.5Z']
  const jails = () => api.GET('/api/v1/hosts/{host}/jails', { params: { path: { host: 'local' } } }).then(body)
  const answer = (asOf: string, header?: string) =>
    server.use(
      http.get(url('/hosts/local/jails'), () =>
        HttpResponse.json({ items: [], asOf }, { headers: header ? { 'bangui-as-of': header } : {} }),
      ),
    )
  answer(sent, found)
  expect(await jails()).toEqual({ items: [], asOf: found })
  // The moment is asked for before the rest, which may be newer.
  answer(found, sent)
  expect(await jails()).toEqual({ items: [], asOf: found })
  answer(sent)
  expect(await jails()).toEqual({ items: [], asOf: sent })
})

test('a call names what it is about in path, query, header and body', async () => {
  const heard: unknown[] = []
  const hear = async ({ request }: { request: Request }) => {
    const { pathname, search } = new URL(request.url)
    const sent = request.method === 'GET' ? null : await request.json()
    heard.push([request.method, pathname, search, request.headers.get('content-type'), sent])
    return new HttpResponse(null, { status: 204 })
  }
  server.use(http.get(url('/history'), hear), http.post(url('/hosts/:host/jails/:jail/ignore'), hear))
  const query = { jail: ['sshd', 'a & b'], limit: 5, range: undefined }
  await api.GET('/api/v1/history', { params: { query } })
  const path = { host: 'local', jail: 'a/b ü' }
  await api.POST('/api/v1/hosts/{host}/jails/{jail}/ignore', { params: { path }, body: { entry: '192.0.2.1' } })
  expect(heard).toEqual([
    ['GET', '/api/v1/history', '?jail=sshd&jail=a+%26+b&limit=5', null, null],
    ['POST', '/api/v1/hosts/local/jails/a%2Fb%20%C3%BC/ignore', '', 'application/json', { entry: '192.0.2.1' }],
  ])
})
