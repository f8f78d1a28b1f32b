import type { StatsSearch } from '@/features/filters/search'
import { useCountsFollow } from '@/features/live/use-counts-follow'
import { BansOverTime } from './BansOverTime'
import { Failing } from './Failing'
import { HeatMap } from './HeatMap'
import { JailHealth } from './JailHealth'
import { Newest } from './Newest'
import { TopCountries, TopJails, TopNetworks } from './TopList'

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
