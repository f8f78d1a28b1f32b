import { describe, expect, it } from 'vitest'
import { type Expiry, instantOfExpiry, secondsOf } from './expiry'

const NOW = Date.parse('2026-11-29T12:00:00Z')
const ZONE = 'Europe/Berlin'

describe('how long something lasts', () => {
  it.each<[Expiry, number | null | undefined, string | null | undefined]>([
    [{ kind: 'span', seconds: 3_600 }, 3_600, '2026-11-29T13:00:00.000Z'],
    [{ kind: 'never' }, null, null],
    [{ kind: 'typed', text: '90m' }, 5_400, '2026-11-29T13:30:00.000Z'],
    [{ kind: 'typed', text: 'soon' }, undefined, undefined],
    [{ kind: 'typed', text: '0' }, undefined, undefined],
    [{ kind: 'until', local: '2026-11-29T14:00' }, 3_600, '2026-11-29T13:00:00.000Z'],
    [{ kind: 'until', local: '2026-11-29T12:59' }, undefined, undefined],
    [{ kind: 'until', local: '' }, undefined, undefined],
  ])('%j', (expiry, seconds, instant) => {
    expect(secondsOf(expiry, ZONE, NOW)).toBe(seconds)
    expect(instantOfExpiry(expiry, ZONE, NOW)).toBe(instant)
  })
})
