import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { keys } from '@/api/queries'
import { matches, type StatsSearch } from '@/features/filters/search'
import { useLive } from './use-live'

/** While an attack runs, bans come many times a second: to ask for the sums more often would cost more than it shows. */
const COUNT_AGAIN_MS = 5_000

/** Has the statistics counted anew when a ban comes that they count. */
export function useCountsFollow(query: StatsSearch): void {
  const queryClient = useQueryClient()
  const pause = useRef<{ timer: ReturnType<typeof setTimeout>; more: boolean }>(null)
  useEffect(() => () => clearTimeout(pause.current?.timer), [])
  function count() {
    void queryClient.invalidateQueries({ queryKey: keys.stats })
    const timer = setTimeout(() => {
      const more = pause.current?.more
      pause.current = null
      if (more) count()
    }, COUNT_AGAIN_MS)
    pause.current = { timer, more: false }
  }
  useLive('history', (events) => {
    const now = Date.now()
    if (!events.some((event) => matches({ ...query, event: ['ban'] }, event, now))) return
    if (pause.current) pause.current.more = true
    else count()
  })
}
