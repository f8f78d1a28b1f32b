import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import type { UnbanTarget } from './ban-key'
import {
  connectUnbans,
  flushUnbans,
  phaseOf,
  scheduleUnban,
  UNDO_MS,
  type UnbanNews,
  unbanState,
  undoLastUnban,
  undoUnban,
} from './pending-unbans'
import { ban, takeBackUnbans } from './test-bans'
import { KEEPALIVE_BYTES, splitForKeepalive } from './unban-request'

const target = (n: number, jail: string | null = 'sshd'): UnbanTarget => ({
  host: 'local',
  subject: ban(n).subject,
  jail,
})
type Sent = { targets: { subject: string; jail: string | null }[] }

let sent: Sent[] = []
let news: UnbanNews[] = []
let disconnect = () => {}

function answer(stillBannedIn: string[] = []) {
  server.use(
    http.post(url('/hosts/local/unbans'), async ({ request }) => {
      const body = (await request.json()) as Sent
      sent.push(body)
      const results = body.targets.map((one) => ({
        ...one,
        unbannedIn: stillBannedIn.length > 0 ? [] : [one.jail ?? 'sshd'],
        stillBannedIn,
      }))
      return HttpResponse.json({ results, unbanned: stillBannedIn.length > 0 ? 0 : results.length })
    }),
  )
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  sent = []
  news = []
  disconnect = connectUnbans(new QueryClient(), (one) => news.push(one))
  answer()
})
afterEach(() => {
  takeBackUnbans()
  disconnect()
  vi.useRealTimers()
})

const settled = () => vi.waitFor(() => expect(unbanState().batches).toEqual([]))

describe('scheduleUnban', () => {
  it('sends nothing before the time is up, and then one request', async () => {
    scheduleUnban([target(1), target(2), target(1)])
    expect(phaseOf(unbanState().phases, ban(1))?.kind).toBe('waiting')
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1)
    expect(sent).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await settled()
    expect(sent).toEqual([
      {
        targets: [
          { subject: '192.0.2.1', jail: 'sshd' },
          { subject: '192.0.2.2', jail: 'sshd' },
        ],
      },
    ])
    expect(news.at(-1)).toEqual({ kind: 'done', unbanned: 2, still: 0, asked: 2 })
  })

  it('marks every row of an address that is unbanned in all jails', () => {
    scheduleUnban([target(1, null)])
    expect(phaseOf(unbanState().phases, ban(1, { jail: 'postfix' }))?.kind).toBe('waiting')
    expect(phaseOf(unbanState().phases, ban(2))).toBeUndefined()
  })

  it('leaves out what waits already', () => {
    scheduleUnban([target(1)])
    scheduleUnban([target(1), target(2)])
    expect(unbanState().batches.map((batch) => batch.targets)).toEqual([[target(1)], [target(2)]])
  })

  it('marks the rows that are banned still', async () => {
    answer(['sshd'])
    scheduleUnban([target(1)])
    await flushUnbans()
    expect(phaseOf(unbanState().phases, ban(1))).toEqual({ kind: 'failed', problem: null })
    expect(news.at(-1)).toMatchObject({ kind: 'done', still: 1 })
  })

  it('marks the rows of a request that failed, until it is tried again', async () => {
    server.use(http.post(url('/hosts/local/unbans'), () => problem('daemon-unavailable', 503)))
    scheduleUnban([target(1)])
    await flushUnbans()
    expect(phaseOf(unbanState().phases, ban(1))).toMatchObject({
      kind: 'failed',
      problem: { code: 'daemon-unavailable' },
    })
    answer()
    scheduleUnban([target(1)])
    expect(phaseOf(unbanState().phases, ban(1))?.kind).toBe('waiting')
    await flushUnbans()
    expect(phaseOf(unbanState().phases, ban(1))).toBeUndefined()
  })

  it('follows a job to its end', async () => {
    const job = {
      id: 'job-1',
      kind: 'unban',
      state: 'running',
      total: 200,
      done: 0,
      counts: null,
      unbanned: 0,
      refused: [],
      error: null,
      startedAt: new Date().toISOString(),
      finishedAt: null,
    }
    server.use(
      http.post(url('/hosts/local/unbans'), () => HttpResponse.json(job, { status: 202 })),
      http.get(url('/jobs/job-1'), () => HttpResponse.json({ ...job, state: 'done', done: 200, unbanned: 198 })),
    )
    scheduleUnban(Array.from({ length: 200 }, (_, n) => target(n)))
    const flushed = flushUnbans()
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(700)
      expect(news.at(-1)).toEqual({ kind: 'done', unbanned: 198, still: 0, asked: 200 })
    })
    await flushed
  })
})

describe('undoUnban', () => {
  it('sends nothing at all', async () => {
    scheduleUnban([target(1), target(2)])
    expect(undoLastUnban()).toBe(true)
    await vi.advanceTimersByTimeAsync(2 * UNDO_MS)
    expect(sent).toEqual([])
    expect(unbanState().batches).toEqual([])
    expect(undoLastUnban()).toBe(false)
  })

  it('takes back one row and sends the others in time', async () => {
    scheduleUnban([target(1), target(2)])
    await vi.advanceTimersByTimeAsync(3_000)
    undoUnban(unbanState().batches[0]?.id ?? 0, target(1))
    await vi.advanceTimersByTimeAsync(UNDO_MS - 3_000)
    await settled()
    expect(sent).toEqual([{ targets: [{ subject: '192.0.2.2', jail: 'sshd' }] }])
  })
})

describe('a page that closes', () => {
  it('sends at once what waits, in a way that outlives it, and not a second time', async () => {
    const asked = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}'))
    scheduleUnban([target(1)])
    window.dispatchEvent(new Event('pagehide'))
    expect(asked).toHaveBeenCalledTimes(1)
    const [where, how] = asked.mock.calls[0] ?? []
    expect(String(where)).toBe('http://localhost:3000/api/v1/hosts/local/unbans')
    expect(how).toMatchObject({ method: 'POST', keepalive: true, headers: { 'content-type': 'application/json' } })
    expect(JSON.parse(String(how?.body))).toEqual({ targets: [{ subject: '192.0.2.1', jail: 'sshd' }] })
    await vi.advanceTimersByTimeAsync(2 * UNDO_MS)
    expect(asked).toHaveBeenCalledTimes(1)
  })

  it('asks before it closes when there is more than a closing page may send, and sends it meanwhile', async () => {
    scheduleUnban(Array.from({ length: 5_000 }, (_, n) => target(n)))
    const event = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(event)
    expect(event.defaultPrevented).toBe(true)
    await settled()
    expect(sent[0]?.targets).toHaveLength(5_000)
  })

  it('does not ask for a few', () => {
    scheduleUnban([target(1)])
    const event = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(event)
    expect(event.defaultPrevented).toBe(false)
  })
})

describe('splitForKeepalive', () => {
  it('keeps the body under the limit, counted in bytes', () => {
    const targets = Array.from({ length: 4_000 }, (_, n) => target(n, 'wüst / böse'))
    const { first, bytes, rest } = splitForKeepalive(targets)
    const body = JSON.stringify({ targets: first.map(({ subject, jail }) => ({ subject, jail })) })
    const size = new TextEncoder().encode(body).length
    expect(size).toBeLessThanOrEqual(KEEPALIVE_BYTES)
    expect(bytes).toBeGreaterThanOrEqual(size)
    expect(size).toBeGreaterThan(KEEPALIVE_BYTES - 100)
    expect([...first, ...rest]).toEqual(targets)
  })
})
