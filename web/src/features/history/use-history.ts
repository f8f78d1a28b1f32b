import { infiniteQueryOptions, type QueryClient, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { api, body, type Schemas } from '@/api/client'
import { keys } from '@/api/queries'
import { historyQuery, matches } from '@/features/filters/search'
import { useHistoryTold, useLiveState } from '@/features/live/use-live'
import type { HistoryPageSearch } from '@/routes/history'
import { merged, updated } from './merge'

type Event = Schemas['EventBody']
const PAGE_SIZE = 100

async function askPage(search: HistoryPageSearch, cursor: string | undefined, signal?: AbortSignal) {
  const { asn, ...rest } = historyQuery(search)
  const query = { ...rest, asn: asn?.map(String), order: search.order, cursor, limit: PAGE_SIZE }
  return body(await api.GET('/api/v1/history', { params: { query }, signal }))
}

const historyList = (search: HistoryPageSearch) =>
  infiniteQueryOptions({
    queryKey: [...keys.history, 'list', search],
    queryFn: ({ pageParam, signal }) => askPage(search, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })

/** Puts events into the list that is shown; a part of them may be there already. */
function put(queryClient: QueryClient, search: HistoryPageSearch, events: readonly Event[]) {
  queryClient.setQueryData(historyList(search).queryKey, (known) =>
    known ? { ...known, pages: merged(known.pages, events) } : known,
  )
}

/**
 * The events of a search, a page after the other, and what is told live. New ones join at once while `follow` says so, and
 * wait otherwise: nothing moves under the eyes of somebody who reads further down.
 */
export function useHistory(search: HistoryPageSearch, follow: () => boolean) {
  const queryClient = useQueryClient()
  const live = useLiveState() === 'live'
  const options = historyList(search)
  const list = useInfiniteQuery(options)
  const [waiting, setWaiting] = useState<readonly Event[]>([])
  const newestFirst = search.order !== 'asc'
  const take = (events: readonly Event[]) => {
    if (events.length === 0) return
    if (follow()) put(queryClient, search, events)
    else setWaiting((before) => [...before.filter(({ id }) => !events.some((event) => event.id === id)), ...events])
  }
  useHistoryTold(list.isFetching, (told) => {
    // An event that is told again is richer: it takes its own place, wherever one is.
    queryClient.setQueryData(options.queryKey, (known) =>
      known ? { ...known, pages: updated(known.pages, told) } : known,
    )
    if (!newestFirst) return
    const now = Date.now()
    const known = new Set(list.data?.pages.flatMap((page) => page.items.map(({ id }) => id)))
    const fresh = told
      .filter((event) => !known.has(event.id))
      .map((event) => ({ event, fits: matches(search, event, now) }))
    take(fresh.filter(({ fits }) => fits).map(({ event }) => event))
    // Whether an address lies in a network is known to the server only.
    if (fresh.some(({ fits }) => fits === undefined)) {
      void askPage(search, undefined).then(
        (page) => take(page.items.filter(({ id }) => !known.has(id))),
        () => undefined,
      )
    }
  })
  const events = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data])
  return {
    list,
    events,
    live: live && newestFirst,
    total: list.data?.pages[0]?.total ?? null,
    waiting: waiting.length,
    show: () => {
      put(queryClient, search, waiting)
      setWaiting([])
    },
  }
}
