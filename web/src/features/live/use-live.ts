import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { Schemas } from '@/api/client'
import { keys, sessionQuery, statusIsTold } from '@/api/queries'
import { createFeed, type LiveMessages, type LiveState } from './feed'

/** The page's one stream. */
export const feed = createFeed(new URL('api/v1/live', document.baseURI).href)

export function useLiveState(): LiveState {
  return useSyncExternalStore(feed.watch, feed.state)
}

/** Calls back for each message of a kind while the component is there: `useLive('history', (events) => …)`. */
export function useLive<K extends keyof LiveMessages>(kind: K, listener: (message: LiveMessages[K]) => void): void {
  const latest = useRef(listener)
  latest.current = listener
  useEffect(() => feed.on(kind, (message) => latest.current(message)), [kind])
}

/** What is kept while an answer is awaited; a batch that large is told as `behind` anyway. */
const MOST_MEANWHILE = 1_000

/** Listens to the history for a list, and tells once more what was told while the list was being asked for: its answer may be from before that. */
export function useHistoryTold(asking: boolean, listener: (told: Schemas['EventBody'][]) => void): void {
  const meanwhile = useRef<Schemas['EventBody'][]>([])
  const latest = useRef(listener)
  latest.current = listener
  useLive('history', (told) => {
    if (asking) meanwhile.current = [...meanwhile.current, ...told].slice(-MOST_MEANWHILE)
    listener(told)
  })
  useEffect(() => {
    if (asking || meanwhile.current.length === 0) return
    const told = meanwhile.current
    meanwhile.current = []
    latest.current(told)
  }, [asking])
}

/** For the frame: keeps the stream open, feeds the status from it, and has everything loaded anew after too long a gap. */
export function useLiveConnection(): void {
  const queryClient = useQueryClient()
  const live = useLiveState() === 'live'
  useEffect(() => feed.start(queryClient.getQueryData(sessionQuery.queryKey)?.lastEventId), [queryClient])
  useEffect(() => {
    if (!live) return
    statusIsTold(true)
    return () => {
      statusIsTold(false)
      // The pause that the query is in is still the long one.
      void queryClient.invalidateQueries({ queryKey: keys.status })
    }
  }, [live, queryClient])
  useLive('status', (status) => queryClient.setQueryData(keys.status, status))
  useLive('behind', () => {
    for (const queryKey of [keys.history, keys.stats, keys.status]) void queryClient.invalidateQueries({ queryKey })
  })
}
