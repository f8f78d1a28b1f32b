// Spans of time as people type them: `10m`, `1 h 30 min`, `2d`, or plain seconds. The units are those of fail2ban's
// configuration, where a month is a twelfth of a year, and those that the page itself shows.
const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365.25 * DAY

const UNITS: readonly [RegExp, number][] = [
  [/^(s|ss|sec|secs|seconds?|sek|sekunden?)$/, 1],
  [/^(m|mm|min|mins|minutes?|minuten?)$/, MINUTE],
  [/^(h|hh|hou|hours?|std|stunden?)$/, HOUR],
  [/^(d|dd|da|days?|t|tage?n?)$/, DAY],
  [/^(w|ww|weeks?|wochen?)$/, 7 * DAY],
  [/^(mo|mon|months?|monate?n?)$/, YEAR / 12],
  [/^(y|yy|years?|jahre?n?)$/, YEAR],
]

const PART = /(\d+(?:[.,]\d+)?)\s*([a-z]*)\.?\s*/gy

/** Whole seconds, or `null` for what is no span of time. */
export function parseSpan(text: string): number | null {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return null
  let seconds = 0
  let end = 0
  let parts = 0
  for (const match of wanted.matchAll(PART)) {
    const unit = match[2] === '' ? undefined : UNITS.find(([names]) => names.test(match[2] ?? ''))
    if (match[2] !== '' && !unit) return null
    // A number without a unit stands alone: in `1 30` nobody can know what is meant.
    if (!unit && parts > 0) return null
    seconds += Number((match[1] ?? '').replace(',', '.')) * (unit?.[1] ?? 1)
    end = match.index + match[0].length
    parts += 1
    if (!unit && end < wanted.length) return null
  }
  if (parts === 0 || end !== wanted.length) return null
  return Math.round(seconds)
}

/** A text that `parseSpan` reads back to the same seconds: `1h 30m`. */
export function spanText(seconds: number): string {
  const parts: string[] = []
  let rest = Math.max(0, Math.floor(seconds))
  for (const [unit, size] of [
    ['d', DAY],
    ['h', HOUR],
    ['m', MINUTE],
    ['s', 1],
  ] as const) {
    const value = Math.floor(rest / size)
    rest -= value * size
    if (value > 0) parts.push(`${value}${unit}`)
  }
  return parts.join(' ') || '0s'
}
