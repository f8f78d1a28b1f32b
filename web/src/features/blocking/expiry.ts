import { instantOf } from '@/lib/local-time'
import { parseSpan } from '@/lib/span'

const HOUR = 3_600
const DAY = 24 * HOUR

/** How long something may last, as it is offered. */
export const SPANS = [HOUR, DAY, 7 * DAY, 30 * DAY] as const

/** How long something lasts: a span that is offered, for ever, a span that is typed, or until a moment of the page's zone. */
export type Expiry =
  | { kind: 'span'; seconds: number }
  | { kind: 'never' }
  | { kind: 'typed'; text: string }
  | { kind: 'until'; local: string }

export const A_DAY: Expiry = { kind: 'span', seconds: DAY }
export const NEVER: Expiry = { kind: 'never' }

/** Seconds from now until it ends: `null` for never, `undefined` for what cannot be meant. */
export function secondsOf(expiry: Expiry, zone: string, now: number): number | null | undefined {
  switch (expiry.kind) {
    case 'span':
      return expiry.seconds
    case 'never':
      return null
    case 'typed': {
      const seconds = parseSpan(expiry.text)
      return seconds !== null && seconds > 0 ? seconds : undefined
    }
    case 'until': {
      const until = instantOf(expiry.local, zone)
      const seconds = until === undefined ? 0 : Math.round((Date.parse(until) - now) / 1_000)
      return seconds > 0 ? seconds : undefined
    }
  }
}

/** The moment at which it ends: `null` for never, `undefined` for what cannot be meant. */
export function instantOfExpiry(expiry: Expiry, zone: string, now: number): string | null | undefined {
  if (expiry.kind === 'until') {
    const until = instantOf(expiry.local, zone)
    return until !== undefined && Date.parse(until) > now ? until : undefined
  }
  const seconds = secondsOf(expiry, zone, now)
  return typeof seconds === 'number' ? new Date(now + seconds * 1_000).toISOString() : seconds
}

/** What the form shows for a moment that is kept. */
export function expiryOf(until: string | null | undefined, localOf: (instant: string) => string): Expiry {
  return until ? { kind: 'until', local: localOf(until) } : NEVER
}
