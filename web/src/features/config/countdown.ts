import { parseTime } from '@/lib/format'
import type { ConfigState } from './types'

/** Whole seconds until a change is taken back, by the server's clock: the browser's may go wrong. `null` while nothing waits. */
export function secondsLeft(state: ConfigState, askedAt: number, now: number): number | null {
  const until = parseTime(state.pending?.confirmBy)
  if (until === null) return null
  const asOf = parseTime(state.asOf) ?? askedAt
  return Math.max(0, Math.ceil((until - asOf - (now - askedAt)) / 1_000))
}
