import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ApiProblem, api, body, LOCAL_HOST } from '@/api/client'
import { keys, POLL_MS, polling } from '@/api/queries'
import {
  appendBans,
  askStretch,
  type BanPage,
  firstBans,
  type LoadedBans,
  nextCursor,
  PAGE_ROWS,
  stretchesOf,
} from './ban-pages'

export type BanSort = 'bannedAt' | 'expiresAt' | 'subject' | 'jail'

export type BanFilters = {
  search?: string
  jail?: string[]
  family?: 'v4' | 'v6'
  sort: BanSort
  order: 'asc' | 'desc'
}

/** Rows that are kept ready below the last one seen. */
const AHEAD = 2 * PAGE_ROWS

/** One list, sorted and filtered by the server: the key of its cache. */
export function banListKey(filters: BanFilters) {
  return [...keys.bans, 'list', filters] as const
}

async function askPage(filters: BanFilters, cursor: string | null, signal: AbortSignal): Promise<BanPage> {
  const query = { host: LOCAL_HOST, ...filters, cursor: cursor ?? undefined, limit: PAGE_ROWS }
  return body(await api.GET('/api/v1/bans', { params: { query }, signal }))
}

export type BanList = {
  loaded: LoadedBans | undefined
  /** The last question failed; what is shown is from before. */
  problem: ApiProblem | null
  /** Loading further rows failed. */
  moreProblem: ApiProblem | null
  /** The rows are those of the filters before, until the answer is there. */
  previous: boolean
  loadingMore: boolean
  retry: () => void
  /** Tells which rows are on the screen: these are kept fresh, and what follows is loaded. */
  show: (first: number, last: number) => void
  /** Loads until there are so many rows or no more. */
  loadUpTo: (rows: number) => Promise<LoadedBans | undefined>
}

/** The active bans that match, loaded as far as one has scrolled, with the visible part asked for again every two seconds. */
export function useBanList(filters: BanFilters): BanList {
  const queryClient = useQueryClient()
  const key = useMemo(() => banListKey(filters), [filters])
  const seen = useRef({ first: 0, last: 0 })
  const query = useQuery<LoadedBans>({
    queryKey: key,
    ...polling,
    refetchInterval: (now) => (now.state.error ? 2 * POLL_MS : POLL_MS),
    placeholderData: (before) => before,
    structuralSharing: false,
    queryFn: async ({ signal }): Promise<LoadedBans> => {
      const before = queryClient.getQueryData<LoadedBans>(key)
      if (!before) return firstBans(await askPage(filters, null, signal))
      const lay: ((now: LoadedBans) => LoadedBans)[] = []
      try {
        for (const at of stretchesOf(before, seen.current.first, seen.current.last)) {
          lay.push(await askStretch(before, at, (cursor) => askPage(filters, cursor, signal)))
        }
      } catch (error) {
        // The server knows the place no more, for example after an update of it: from the start again.
        if (ApiProblem.from(error).code === 'bad-cursor') return firstBans(await askPage(filters, null, signal))
        throw error
      }
      // Rows that were loaded meanwhile stay: each answer is laid into what is there now.
      return lay.reduce((now, one) => one(now), queryClient.getQueryData<LoadedBans>(key) ?? before)
    },
  })
  const more = useLoadMore(key, filters)
  const { request } = more
  const show = useCallback(
    (first: number, last: number) => {
      seen.current = { first, last }
      request(last + AHEAD)
    },
    [request],
  )
  const { refetch } = query
  const { loadUpTo, resume } = more
  const retry = useCallback(() => {
    void refetch()
    resume()
  }, [refetch, resume])
  return {
    loaded: query.data,
    problem: query.error ? ApiProblem.from(query.error) : null,
    moreProblem: more.problem,
    previous: query.isPlaceholderData,
    loadingMore: more.loading,
    retry,
    show,
    loadUpTo,
  }
}

/** Reads on, page after page, as far as is wanted at the moment: one loop a list, and it stops when one scrolls back. */
function useLoadMore(key: ReturnType<typeof banListKey>, filters: BanFilters) {
  const queryClient = useQueryClient()
  const [loading, setLoading] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const wanted = useRef(0)
  const atLeast = useRef(0)
  const stop = useRef(new AbortController())
  const running = useRef<Promise<void> | null>(null)
  const failed = useRef(false)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list starts anew.
  useEffect(() => {
    const controller = new AbortController()
    stop.current = controller
    wanted.current = 0
    atLeast.current = 0
    running.current = null
    failed.current = false
    setLoading(false)
    setProblem(null)
    return () => controller.abort()
  }, [key])

  const run = useCallback((): Promise<void> => {
    const { signal } = stop.current
    const due = () => {
      const loaded = queryClient.getQueryData<LoadedBans>(key)
      const cursor = loaded ? nextCursor(loaded) : null
      const target = Math.max(wanted.current, atLeast.current)
      return loaded && cursor !== null && loaded.rows.length < target && !signal.aborted ? cursor : null
    }
    const loop = async () => {
      for (let cursor = due(); cursor !== null; cursor = due()) {
        const asked = cursor
        const page = await askPage(filters, asked, signal)
        queryClient.setQueryData<LoadedBans>(key, (now) => now && appendBans(now, asked, page))
      }
    }
    if (running.current) return running.current
    if (due() === null) return Promise.resolve()
    setLoading(true)
    setProblem(null)
    failed.current = false
    const work = loop()
      .catch((error: unknown) => {
        if (signal.aborted) return
        failed.current = true
        setProblem(ApiProblem.from(error))
      })
      .finally(() => {
        if (running.current === work) running.current = null
        if (!signal.aborted) setLoading(false)
      })
    running.current = work
    return work
  }, [queryClient, key, filters])

  const request = useCallback(
    (rows: number) => {
      wanted.current = rows
      // After a failure one presses "Try again": scrolling must not hammer a server that refuses.
      if (!failed.current) void run()
    },
    [run],
  )
  const loadUpTo = useCallback(
    async (rows: number) => {
      atLeast.current = rows
      await run()
      atLeast.current = 0
      return queryClient.getQueryData<LoadedBans>(key)
    },
    [run, queryClient, key],
  )
  const resume = useCallback(() => void run(), [run])
  return { loading, problem, request, loadUpTo, resume }
}
