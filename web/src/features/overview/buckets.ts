import type { Schemas } from '@/api/client'
import { instantOf, localOf } from '@/lib/local-time'

type Series = Schemas['BanSeriesBody']

const DAY_MS = 86_400_000

/** When a bucket ends: where the next one begins, or with the range. */
export function endOf(series: Series, index: number): string {
  return series.buckets[index + 1]?.start ?? series.range.until
}

/** The same bucket of the period before: as many days earlier by the calendar where the range is of whole days, else as many seconds. */
export function bucketBefore(series: Series, index: number): { from: string; until: string } {
  const { from, previousFrom } = series.range
  const last = index === series.buckets.length - 1
  return {
    from: index === 0 ? previousFrom : earlier(series, series.buckets[index]?.start ?? from),
    until: last ? from : earlier(series, endOf(series, index)),
  }
}

function earlier({ bucket, range }: Series, at: string): string {
  const { from, until, timeZone } = range
  const length = Date.parse(until) - Date.parse(from)
  const whole = [from, until].every((edge) => localOf(edge, timeZone).endsWith('T00:00'))
  if (!whole || bucket === 'hour' || bucket === 'quarter') return new Date(Date.parse(at) - length).toISOString()
  const days = Math.round(length / DAY_MS)
  const wall = Date.parse(`${localOf(at, timeZone)}Z`) - days * DAY_MS
  return instantOf(new Date(wall).toISOString(), timeZone) ?? from
}

/** From when to when a bucket goes, as short as it can be said. */
export function bucketText(locale: string, series: Series, index: number): string {
  const bucket = series.buckets[index]
  if (!bucket) return ''
  const { timeZone } = series.range
  const start = Date.parse(bucket.start)
  const end = Date.parse(endOf(series, index))
  if (series.bucket === 'quarter' || series.bucket === 'hour') {
    return new Intl.DateTimeFormat(locale, {
      timeZone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).formatRange(start, end)
  }
  const format = new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: series.bucket === 'day' ? 'short' : undefined,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  })
  // The last day that belongs to it, not the midnight that does not.
  return format.formatRange(start, Math.max(start, end - 1))
}

/** As many texts as have room under a chart of this many pixels. */
const TEXT_WIDTH = 76

/** Which buckets have a text under them. Hours are marked at whole parts of the day, longer ones evenly. */
export function ticksOf(locale: string, series: Series, width: number): Map<number, string> {
  const { buckets, bucket, range } = series
  const most = Math.max(2, Math.floor(width / TEXT_WIDTH))
  const every = Math.max(1, Math.ceil(buckets.length / most))
  const { timeZone } = range
  const short = bucket === 'quarter' || bucket === 'hour'
  const span = Date.parse(range.until) - Date.parse(range.from)
  if (short) {
    const clock = new Intl.DateTimeFormat('en', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    const minutes = buckets.map(({ start }) => {
      const [hour, minute] = clock.format(Date.parse(start)).split(':').map(Number)
      return (hour ?? 0) * 60 + (minute ?? 0)
    })
    const steps = [15, 30, 60, 120, 180, 240, 360, 720, 1440]
    const step = steps.find((one) => minutes.filter((minute) => minute % one === 0).length <= most)
    if (step !== undefined) {
      const hours = new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
      const days = new Intl.DateTimeFormat(locale, { timeZone, weekday: 'short', day: 'numeric' })
      const text = step === 1440 || (span > 2 * DAY_MS && step >= 720) ? days : hours
      return new Map(
        buckets.flatMap(({ start }, index) =>
          (minutes[index] ?? 1) % step === 0 ? [[index, text.format(Date.parse(start))] as const] : [],
        ),
      )
    }
  }
  const format = new Intl.DateTimeFormat(locale, {
    timeZone,
    day: bucket === 'month' ? undefined : 'numeric',
    month: 'short',
    year: bucket === 'month' ? '2-digit' : undefined,
  })
  return new Map(
    buckets.flatMap(({ start }, index) =>
      index % every === Math.floor(every / 2) ? [[index, format.format(Date.parse(start))] as const] : [],
    ),
  )
}
