import { expect, test } from 'vitest'
import { oneOf, text, texts, timestamp } from './search'

test('text takes numbers and booleans, for the router reads ?jail=12 as a number', () => {
  expect(text(12)).toBe('12')
  expect(text(true)).toBe('true')
})

test('text leaves out what is empty or no text, and cuts what is long', () => {
  expect(text('  ')).toBeUndefined()
  expect(text({})).toBeUndefined()
  expect(text('x'.repeat(300), 200)).toHaveLength(200)
})

test('texts takes one or many and drops repetitions', () => {
  expect(texts('sshd')).toEqual(['sshd'])
  expect(texts(['a', 'a', '', 3])).toEqual(['a', '3'])
  expect(texts(undefined)).toBeUndefined()
})

test('oneOf leaves out what is not allowed', () => {
  expect(oneOf('v4', ['v4', 'v6'])).toBe('v4')
  expect(oneOf('v5', ['v4', 'v6'])).toBeUndefined()
})

test('timestamp gives UTC and leaves out what is none', () => {
  expect(timestamp('2026-11-23T12:00:00+01:00')).toBe('2026-11-23T11:00:00.000Z')
  expect(timestamp('tomorrow-ish')).toBeUndefined()
})
