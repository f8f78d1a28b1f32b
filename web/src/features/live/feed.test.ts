import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFeed } from './feed'

/** The browser's side of a stream, played by hand. */
class FakeSource extends EventTarget {
  static all: FakeSource[] = []
  onerror: (() => void) | null = null
  closed = false
  constructor(readonly url: string) {
    super()
    FakeSource.all.push(this)
  }
  close() {
    this.closed = true
  }
  say(type: string, data: unknown, lastEventId = '') {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data), lastEventId }))
  }
}
const newest = () => FakeSource.all.at(-1) as FakeSource
let visibility = 'visible'
function show(state: 'visible' | 'hidden') {
  visibility = state
  document.dispatchEvent(new Event('visibilitychange'))
}

let stop = () => {}
beforeEach(() => {
  FakeSource.all = []
  visibility = 'visible'
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility as DocumentVisibilityState)
})
afterEach(() => {
  stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function started() {
  const feed = createFeed('/api/v1/live')
  stop = feed.start()
  return feed
}

test('a feed is live from the greeting on and hands messages to who listens', () => {
  const feed = started()
  expect(feed.state()).toBe('reconnecting')
  const heard = vi.fn()
  const off = feed.on('history', heard)
  newest().say('hello', { lastEventId: '7' })
  expect(feed.state()).toBe('live')
  newest().say('history', [{ id: '8' }], '8')
  expect(heard).toHaveBeenCalledExactlyOnceWith([{ id: '8' }])
  off()
  newest().say('history', [{ id: '9' }], '9')
  expect(heard).toHaveBeenCalledTimes(1)
})

test('a feed that begins goes on where the page stood when its first list was asked for', () => {
  stop = createFeed('/api/v1/live').start('41')
  expect(newest().url).toBe('/api/v1/live?after=41')
  newest().say('hello', { lastEventId: '43' })
  newest().onerror?.()
  vi.advanceTimersByTime(1_000)
  expect(newest().url).toBe('/api/v1/live?after=41')
  newest().say('hello', { lastEventId: '43' })
  newest().say('history', [{ id: '42' }, { id: '43' }], '43')
  newest().onerror?.()
  vi.advanceTimersByTime(2_000)
  expect(newest().url).toBe('/api/v1/live?after=43')
})

test('a broken feed goes on after the last event, with growing pauses', () => {
  const feed = started()
  newest().say('hello', { lastEventId: '7' })
  newest().say('history', [], '8')
  newest().onerror?.()
  expect(feed.state()).toBe('reconnecting')
  vi.advanceTimersByTime(1_000)
  expect(FakeSource.all).toHaveLength(2)
  expect(newest().url).toBe('/api/v1/live?after=8')
  for (let failure = 0; failure < 8; failure += 1) {
    newest().onerror?.()
    vi.advanceTimersByTime(30_000)
  }
  const before = FakeSource.all.length
  newest().onerror?.()
  vi.advanceTimersByTime(14_000)
  expect(FakeSource.all).toHaveLength(before)
  vi.advanceTimersByTime(16_000)
  expect(FakeSource.all).toHaveLength(before + 1)
})

test('a hidden tab closes the feed, and it resumes where it was', () => {
  const feed = started()
  newest().say('hello', { lastEventId: '7' })
  show('hidden')
  expect(newest().closed).toBe(true)
  expect(feed.state()).toBe('off')
  vi.advanceTimersByTime(120_000)
  expect(FakeSource.all).toHaveLength(1)
  show('visible')
  expect(newest().url).toBe('/api/v1/live?after=7')
})

test('a feed that says nothing for too long is opened anew', () => {
  const feed = started()
  newest().say('hello', { lastEventId: null })
  vi.advanceTimersByTime(30_000)
  newest().say('ping', {})
  vi.advanceTimersByTime(30_000)
  expect(feed.state()).toBe('live')
  vi.advanceTimersByTime(10_001)
  expect(feed.state()).toBe('reconnecting')
})

test('too large a gap is told, and the feed does not ask for it again', () => {
  const feed = started()
  const behind = vi.fn()
  feed.on('behind', behind)
  newest().say('hello', { lastEventId: '7' })
  newest().say('behind', {}, '5000')
  expect(behind).toHaveBeenCalledOnce()
  newest().onerror?.()
  vi.advanceTimersByTime(1_000)
  expect(newest().url).toBe('/api/v1/live?after=5000')
})

test('a feed nobody needs any more is closed and forgets where it was', () => {
  const feed = started()
  newest().say('hello', { lastEventId: '7' })
  stop()
  expect(newest().closed).toBe(true)
  stop = feed.start()
  expect(newest().url).toBe('/api/v1/live')
})

test('without EventSource the feed stays off', () => {
  vi.unstubAllGlobals()
  expect(started().state()).toBe('off')
})
