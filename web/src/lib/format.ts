import type { I18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const cache = new Map<string, unknown>()
/** Making an Intl object costs about 50 µs, which tables of thousands of cells would notice. */
function cached<T>(key: string, make: () => T): T {
  const found = cache.get(key) as T | undefined
  if (found !== undefined) return found
  const made = make()
  cache.set(key, made)
  return made
}

export function formatNumber(locale: string, value: number): string {
  return cached(`n ${locale}`, () => new Intl.NumberFormat(locale)).format(value)
}

/** `12 %` for 0.12, with one digit more below ten. */
export function formatPercent(locale: string, share: number): string {
  const digits = share < 0.1 ? 1 : 0
  return cached(
    `p ${locale} ${digits}`,
    () => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }),
  ).format(share)
}

/** `10 min`, `1 h 5 min`, `2 d`, `permanent` for a negative number. At most two units; what is left is cut, not rounded. */
export function formatDuration(i18n: I18n, seconds: number): string {
  if (seconds < 0) return i18n._(msg`permanent`)
  const whole = Math.floor(seconds)
  if (whole < MINUTE) return i18n._(msg`${whole} s`)
  const parts: [number, (value: number) => string][] = [
    [DAY, (value) => i18n._(msg`${value} d`)],
    [HOUR, (value) => i18n._(msg`${value} h`)],
    [MINUTE, (value) => i18n._(msg`${value} min`)],
    [1, (value) => i18n._(msg`${value} s`)],
  ]
  const first = parts.findIndex(([unit]) => whole >= unit)
  let rest = whole
  return parts
    .slice(first, first + 2)
    .map(([unit, text]) => {
      const value = Math.floor(rest / unit)
      rest -= value * unit
      return value > 0 ? text(value) : ''
    })
    .filter(Boolean)
    .join(' ')
}

/** `now`, `5 min ago`, `in 2 hr`. */
export function formatRelative(locale: string, at: number, now: number): string {
  const format = cached(`r ${locale}`, () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }))
  const seconds = Math.round((at - now) / 1_000)
  const size = Math.abs(seconds)
  if (size < 5) return format.format(0, 'second')
  if (size < MINUTE) return format.format(seconds, 'second')
  if (size < HOUR) return format.format(Math.trunc(seconds / MINUTE), 'minute')
  if (size < DAY) return format.format(Math.trunc(seconds / HOUR), 'hour')
  if (size < 60 * DAY) return format.format(Math.trunc(seconds / DAY), 'day')
  if (size < 365 * DAY) return format.format(Math.trunc(seconds / (30 * DAY)), 'month')
  return format.format(Math.trunc(seconds / (365 * DAY)), 'year')
}

/** Date, time to the second and the zone's short name. */
export function formatAbsolute(locale: string, at: number, timeZone: string): string {
  const format = cached(
    `a ${locale} ${timeZone}`,
    () =>
      new Intl.DateTimeFormat(locale, {
        timeZone: safeZone(timeZone),
        year: 'numeric',
        month: 'short',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
        timeZoneName: 'short',
      }),
  )
  return format.format(at)
}

/** `12:04` today in the zone. */
export function formatClock(locale: string, at: number, timeZone: string): string {
  const format = cached(
    `c ${locale} ${timeZone}`,
    () =>
      new Intl.DateTimeFormat(locale, {
        timeZone: safeZone(timeZone),
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      }),
  )
  return format.format(at)
}

/** Day and time to the second, without year and zone: for columns of times whose hover tells the rest. */
export function formatMoment(locale: string, at: number, timeZone: string): string {
  const format = cached(
    `m ${locale} ${timeZone}`,
    () =>
      new Intl.DateTimeFormat(locale, {
        timeZone: safeZone(timeZone),
        month: 'short',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      }),
  )
  return format.format(at)
}

/** From and until, each to the minute, with what both share said once. The same instant twice gives just that one. */
export function formatSpan(locale: string, from: number, until: number, timeZone: string): string {
  const format = cached(
    `s ${locale} ${timeZone}`,
    () =>
      new Intl.DateTimeFormat(locale, {
        timeZone: safeZone(timeZone),
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
  )
  return format.formatRange(from, until)
}

/** A zone that this browser does not know must not take a page down. */
function safeZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return timeZone
  } catch {
    return 'UTC'
  }
}

/** Milliseconds of an RFC 3339 text; `null` for what is none. */
export function parseTime(text: string | null | undefined): number | null {
  if (!text) return null
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : at
}
