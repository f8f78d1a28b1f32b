import type { Schemas } from '@/api/client'

export type LiveState = 'live' | 'reconnecting' | 'off'

/** What the feed tells: events of the history in batches, the host's status, or that so much was missed that one has to load anew. */
export type LiveMessages = {
  history: Schemas['EventBody'][]
  status: Schemas['HostStatusBody']
  behind: null
}

/** The server sends a ping every 15 s: with two of them missing the connection is dead, whatever the browser believes. */
const SILENCE_MS = 40_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

export type Feed = ReturnType<typeof createFeed>

/**
 * One stream of events for the whole page. It is closed while the tab is hidden, and goes on where it was when the tab comes back;
 * after a failure it tries again, more and more rarely.
 */
export function createFeed(url: string) {
  const listeners: { [K in keyof LiveMessages]: Set<(message: LiveMessages[K]) => void> } = {
    history: new Set(),
    status: new Set(),
    behind: new Set(),
  }
  const watchers = new Set<() => void>()
  let state: LiveState = 'off'
  let users = 0
  let source: EventSource | null = null
  let lastId: string | null = null
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function become(next: LiveState): void {
    if (next === state) return
    state = next
    for (const watcher of watchers) watcher()
  }

  function tell<K extends keyof LiveMessages>(kind: K, message: LiveMessages[K]): void {
    for (const listener of listeners[kind]) listener(message)
  }

  /** Closes and waits before the next try. The browser's own way of trying again knows no growing pause. */
  function fail(): void {
    close()
    become('reconnecting')
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures)
    failures += 1
    // Not all pages of all people at once when the server is back.
    timer = setTimeout(open, longest * (0.5 + Math.random() / 2))
  }

  function close(): void {
    clearTimeout(timer)
    source?.close()
    source = null
  }

  function heard(): void {
    clearTimeout(timer)
    timer = setTimeout(fail, SILENCE_MS)
  }

  function read<T>(event: MessageEvent<string>, use: (data: T) => void): void {
    heard()
    try {
      use(JSON.parse(event.data) as T)
    } catch {
      // Half a message means a broken stream: begin anew after the last whole one.
      fail()
    }
  }

  function open(): void {
    close()
    if (typeof EventSource === 'undefined') return
    become('reconnecting')
    const address = lastId === null ? url : `${url}?after=${encodeURIComponent(lastId)}`
    const opened = new EventSource(address, { withCredentials: true })
    source = opened
    heard()
    opened.onerror = fail
    opened.addEventListener('hello', (event) =>
      read<{ lastEventId?: string | null }>(event, (hello) => {
        failures = 0
        lastId ??= hello.lastEventId ?? null
        become('live')
      }),
    )
    opened.addEventListener('history', (event) =>
      read<Schemas['EventBody'][]>(event, (events) => {
        if (event.lastEventId) lastId = event.lastEventId
        tell('history', events)
      }),
    )
    opened.addEventListener('status', (event) =>
      read<Schemas['HostStatusBody']>(event, (status) => tell('status', status)),
    )
    opened.addEventListener('behind', (event) => {
      // What was missed is loaded from the lists; the stream goes on from its next message.
      lastId = event.lastEventId || null
      heard()
      tell('behind', null)
    })
    opened.addEventListener('ping', heard)
  }

  function follow(): void {
    if (users > 0 && document.visibilityState === 'visible') {
      if (source === null) open()
    } else {
      close()
      failures = 0
      become('off')
    }
  }

  return {
    /** Keeps the stream open until the returned function is called. A feed that begins tells what happened after the event `after`, which is where the page stood when it asked for its first list. */
    start(after: string | null = null): () => void {
      users += 1
      lastId ??= after
      if (users === 1) document.addEventListener('visibilitychange', follow)
      follow()
      return () => {
        users -= 1
        if (users > 0) return
        document.removeEventListener('visibilitychange', follow)
        // The next person at this browser begins anew.
        lastId = null
        follow()
      }
    },
    on<K extends keyof LiveMessages>(kind: K, listener: (message: LiveMessages[K]) => void): () => void {
      listeners[kind].add(listener)
      return () => listeners[kind].delete(listener)
    },
    state: () => state,
    watch(watcher: () => void): () => void {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
  }
}
