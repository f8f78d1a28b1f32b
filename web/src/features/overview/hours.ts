import type { Schemas } from '@/api/client'

type Stretch = { from: string; until: string }
type Range = Pick<Schemas['RangeBody'], 'from' | 'until' | 'timeZone'>

const QUARTER_MS = 900_000
const WEEK_MS = 7 * 86_400_000
/** Clocks that are put back make a week an hour longer. */
const LONGEST_MS = WEEK_MS + 4 * QUARTER_MS
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** The name of a weekday's hour: `0-23` is Monday's last. */
export function hourKey(day: number, hour: number): string {
  return `${day}-${hour}`
}

/**
 * When each hour of the week was within a range, for those that were in it once: only these are one stretch of time, and so one list of
 * events. Zones differ by whole quarters of an hour, so that a quarter lies in one hour of any.
 */
export function hoursOnce({ from, until, timeZone }: Range): ReadonlyMap<string, Stretch> {
  const [start, end] = [Date.parse(from), Date.parse(until)]
  const found = new Map<string, { from: number; until: number; again: boolean }>()
  if (!(end - start <= LONGEST_MS)) return new Map()
  const local = new Intl.DateTimeFormat('en', { timeZone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' })
  for (let at = start; at < end; at = nextQuarter(at)) {
    const parts = local.formatToParts(at)
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
    const key = hourKey(DAYS.indexOf(part('weekday')), Number(part('hour')))
    const next = Math.min(nextQuarter(at), end)
    const known = found.get(key)
    if (!known) found.set(key, { from: at, until: next, again: false })
    else if (known.until === at) known.until = next
    else known.again = true
  }
  const iso = (at: number) => new Date(at).toISOString()
  return new Map(
    [...found].flatMap(([key, one]) => (one.again ? [] : [[key, { from: iso(one.from), until: iso(one.until) }]])),
  )
}

function nextQuarter(at: number): number {
  return (Math.floor(at / QUARTER_MS) + 1) * QUARTER_MS
}
