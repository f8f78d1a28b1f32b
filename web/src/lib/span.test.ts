import { describe, expect, it } from 'vitest'
import { parseSpan, spanText } from './span'

describe('parseSpan', () => {
  it.each([
    ['600', 600],
    ['10m', 600],
    ['10 min', 600],
    ['1h30m', 5_400],
    ['1 Std. 30 Min.', 5_400],
    ['1,5h', 5_400],
    ['2d', 172_800],
    ['1 week', 604_800],
    ['1mo', 2_629_800],
    ['1 year', 31_557_600],
    ['0', 0],
  ])('reads %s', (text, seconds) => expect(parseSpan(text)).toBe(seconds))

  it.each(['', ' ', 'banana', '-1', '10m x', '1 30', '10 600m 5', 'm', '1h-30m', '1e3', '10mm10q'])(
    'refuses %j',
    (text) => expect(parseSpan(text)).toBeNull(),
  )
})

describe('spanText', () => {
  it.each([0, 1, 59, 600, 5_400, 90_061, 31_557_600])('is read back exactly for %i s', (seconds) =>
    expect(parseSpan(spanText(seconds))).toBe(seconds),
  )
})
