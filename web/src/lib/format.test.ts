import { describe, expect, test } from 'vitest'
import { language } from '@/test/render'
import { formatAbsolute, formatDuration, formatNumber, formatRelative, parseTime } from './format'

const en = language('en')

describe('formatDuration', () => {
  test.each([
    [0, '0 s'],
    [45, '45 s'],
    [600, '10 min'],
    [3_900, '1 h 5 min'],
    [3_600, '1 h'],
    [90_061, '1 d 1 h'],
    [86_400 + 59, '1 d'],
    [-1, 'permanent'],
  ])('of %i seconds is "%s"', (seconds, text) => {
    expect(formatDuration(en, seconds)).toBe(text)
  })

  test('in German names a permanent ban in German', () => {
    expect(formatDuration(language('de'), -1)).toBe('dauerhaft')
  })
})

describe('formatRelative', () => {
  const now = Date.UTC(2026, 10, 23, 12)
  test.each([
    [0, 'now'],
    [-4_000, 'now'],
    [-30_000, '30 sec. ago'],
    [-5 * 60_000, '5 min. ago'],
    [2 * 3_600_000, 'in 2 hr.'],
    [-3 * 86_400_000, '3 days ago'],
  ])('%i ms away is "%s"', (delta, text) => {
    expect(formatRelative('en', now + delta, now)).toBe(text)
  })
})

test('formatAbsolute shows the wall clock and the short name of the zone', () => {
  const at = Date.UTC(2026, 0, 2, 23, 4, 5)
  expect(formatAbsolute('en', at, 'Europe/Berlin')).toBe('Jan 03, 2026, 00:04:05 GMT+1')
  expect(formatAbsolute('de', at, 'UTC')).toContain('23:04:05')
})

test('formatAbsolute with a zone the browser does not know falls back to UTC', () => {
  expect(formatAbsolute('en', Date.UTC(2026, 0, 2, 3), 'Mars/Base')).toContain('03:00:00 UTC')
})

test('formatNumber separates thousands as the language does', () => {
  expect(formatNumber('en', 12_345)).toBe('12,345')
  expect(formatNumber('de', 12_345)).toBe('12.345')
})

test('parseTime of what is no time is null', () => {
  expect(parseTime(null)).toBeNull()
  expect(parseTime('soon')).toBeNull()
  expect(parseTime('2026-11-23T12:00:00.000Z')).toBe(Date.UTC(2026, 10, 23, 12))
})
