import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { keys } from '@/api/queries'
import { matches, type StatsSearch } from '@/features/filters/search'
import { useLive } from '@/features/live/use-live'
import { BansOverTime } from './BansOverTime'
import { Failing } from './Failing'
import { HeatMap } from './HeatMap'
import { JailHealth } from './JailHealth'
import { Newest } from './Newest'
import { TopCountries, TopJails, TopNetworks } from './TopList'

/** Counts follow what happens, but not each ban of a flood. */
const COUNT_AGAIN_MS = 5_000

/** Everything under the figures. */
export default function Sections({ query }: { query: StatsSearch }) {
  useCountsFollow(query)
  return (
    <>
      <BansOverTime query={query} />
      <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-3">
        <TopJails query={query} />
        <TopCountries query={query} />
        <TopNetworks query={query} />
      </div>
      <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-2">
        <Newest query={query} />
        <div className="grid grid-cols-1 gap-3">
          <HeatMap query={query} />
          <JailHealth />
        </div>
      </div>
      <Failing />
    </>
  )
}

function useCountsFollow(query: StatsSearch): void {
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
