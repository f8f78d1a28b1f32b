import { describe, expect, test } from 'vitest'
import { hourKey, hoursOnce } from './hours'

describe('hoursOnce', () => {
  test('a range of a day has each of its hours once, cut off at its ends', () => {
    const hours = hoursOnce({
      from: '2026-11-22T12:20:00.000Z',
      until: '2026-11-22T14:15:00.000Z',
      timeZone: 'Europe/Berlin',
    })
    expect([...hours]).toEqual([
      [hourKey(6, 13), { from: '2026-11-22T12:20:00.000Z', until: '2026-11-22T13:00:00.000Z' }],
      [hourKey(6, 14), { from: '2026-11-22T13:00:00.000Z', until: '2026-11-22T14:00:00.000Z' }],
      [hourKey(6, 15), { from: '2026-11-22T14:00:00.000Z', until: '2026-11-22T14:15:00.000Z' }],
    ])
  })

  test('an hour that begins and ends a week is no single stretch', () => {
    const hours = hoursOnce({ from: '2026-11-16T10:30:00.000Z', until: '2026-11-23T10:30:00.000Z', timeZone: 'UTC' })
    expect(hours.size).toBe(7 * 24 - 1)
    expect(hours.has(hourKey(0, 10))).toBe(false)
    expect(hours.get(hourKey(0, 11))).toEqual({ from: '2026-11-16T11:00:00.000Z', until: '2026-11-16T12:00:00.000Z' })
  })

  test('an hour that clocks repeat is one stretch of two hours', () => {
    const hours = hoursOnce({
      from: '2026-10-24T22:00:00.000Z',
      until: '2026-10-31T23:00:00.000Z',
      timeZone: 'Europe/Berlin',
    })
    expect(hours.get(hourKey(6, 2))).toEqual({ from: '2026-10-25T00:00:00.000Z', until: '2026-10-25T02:00:00.000Z' })
  })

  test('zones that are quarters of an hour off have whole hours of their own', () => {
    const hours = hoursOnce({
      from: '2026-11-22T18:15:00.000Z',
      until: '2026-11-22T19:15:00.000Z',
      timeZone: 'Asia/Kathmandu',
    })
    expect([...hours.keys()]).toEqual([hourKey(0, 0)])
  })

  test('a longer range has no hour of the week once', () => {
    expect(
      hoursOnce({ from: '2026-10-24T22:00:00.000Z', until: '2026-11-23T23:00:00.000Z', timeZone: 'UTC' }).size,
    ).toBe(0)
  })
})
