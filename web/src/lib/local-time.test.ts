import { expect, test } from 'vitest'
import { instantOf, localOf } from './local-time'

test('instantOf reads the field in the given zone', () => {
  expect(instantOf('2026-11-23T12:00', 'Europe/Berlin')).toBe('2026-11-23T11:00:00.000Z')
  expect(instantOf('2026-07-01T12:00', 'Europe/Berlin')).toBe('2026-07-01T10:00:00.000Z')
  expect(instantOf('2026-07-01T12:00', 'Asia/Kolkata')).toBe('2026-07-01T06:30:00.000Z')
})

test('instantOf just after the clocks went forward is right', () => {
  expect(instantOf('2026-03-29T03:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z')
})

test('instantOf of an unfinished field is nothing', () => {
  expect(instantOf('', 'UTC')).toBeUndefined()
  expect(instantOf('2026-13', 'UTC')).toBeUndefined()
})

test('localOf is the other way round', () => {
  expect(localOf('2026-11-23T11:00:00.000Z', 'Europe/Berlin')).toBe('2026-11-23T12:00')
  expect(localOf(undefined, 'UTC')).toBe('')
})
