import { useQuery } from '@tanstack/react-query'
import { ApiProblem, type Schemas } from '@/api/client'
import { statusQuery } from '@/api/queries'
import { useClock } from '@/lib/clock'
import { parseTime } from '@/lib/format'

/** Numbers older than this are called stale: several missed polls, not one. */
const STALE_MS = 15_000

export type Freshness = 'live' | 'stale' | 'reconnecting' | 'loading'

/** The daemon's state and how far it can be trusted now. One query serves status bar and daemon bar. */
export function useStatus(): {
  status: Schemas['HostStatusBody'] | undefined
  problem: ApiProblem | null
  freshness: Freshness
} {
  const { data, error, isPending } = useQuery(statusQuery)
  const asOf = parseTime(data?.asOf)
  const old = useClock((now) => asOf !== null && now - asOf > STALE_MS)
  const problem = error ? ApiProblem.from(error) : null
  const freshness = isPending ? 'loading' : problem ? 'reconnecting' : old || asOf === null ? 'stale' : 'live'
  return { status: data, problem, freshness }
}
