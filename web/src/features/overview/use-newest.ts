import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body, type Schemas } from '@/api/client'
import { keys } from '@/api/queries'
import { historyQuery, matches, type StatsSearch } from '@/features/filters/search'
import { useHistoryTold, useLiveState } from '@/features/live/use-live'

type Event = Schemas['EventBody']
export const NEWEST = 10

const newestQuery = (search: StatsSearch) => {
  const { asn, ...rest } = historyQuery({ ...search, event: ['ban'] })
  return queryOptions({
    queryKey: [...keys.history, 'newest', search],
    queryFn: async ({ signal }) => {
      const query = { ...rest, asn: asn?.map(String), limit: NEWEST }
      return body(await api.GET('/api/v1/history', { params: { query }, signal })).items as Event[]
    },
  })
}

/** Newer ones first; one that is told again takes the place of what was known of it. */
export function merged(known: readonly Event[], told: readonly Event[]): Event[] {
  const again = new Map(told.map((event) => [event.id, event]))
  const fresh = told.filter((event) => !known.some(({ id }) => id === event.id))
  return [...fresh, ...known.map((event) => again.get(event.id) ?? event)]
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || Number(b.id) - Number(a.id))
    .slice(0, NEWEST)
}

/** The newest bans, told live. While paused they stand still, and `waiting` counts what came meanwhile. */
export function useNewest(search: StatsSearch) {
  const queryClient = useQueryClient()
  const live = useLiveState() === 'live'
  const [held, setHeld] = useState<{ events: Event[]; waiting: ReadonlySet<string> } | null>(null)
  const options = newestQuery(search)
  // Without the feed one has to ask.
  const result = useQuery({ ...options, refetchInterval: live ? 60_000 : 5_000 })
  useHistoryTold(result.isFetching, (told) => {
    const now = Date.now()
    const bans = told.filter((event) => matches({ ...search, event: ['ban'] }, event, now))
    if (bans.length === 0) return
    queryClient.setQueryData(options.queryKey, (known) => (known ? merged(known, bans) : known))
    // One that is told again is no further one.
    setHeld((now) => now && { ...now, waiting: new Set([...now.waiting, ...bans.map(({ id }) => id)]) })
  })
  return {
    result: { data: held?.events ?? result.data, error: result.error, refetch: result.refetch },
    paused: held !== null,
    waiting: held?.waiting.size ?? 0,
    pause: () => setHeld(result.data ? { events: result.data, waiting: new Set() } : null),
    goOn: () => setHeld(null),
  }
}
