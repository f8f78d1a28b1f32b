import { describe, expect, it } from 'vitest'
import { canBeAddedAgain, ignoreKind } from './ignore-entry'

describe('ignoreKind', () => {
  it.each([
    ['192.0.2.1', 'address'],
    ['2001:db8::1', 'address'],
    ['192.0.2.0/24', 'network'],
    ['2001:db8::/32', 'network'],
    ['office.example.org', 'host'],
    ['localhost', 'host'],
    ['0.0.0.0/0', 'everything'],
    ['::/0', 'everything'],
    ['999.1.2.3', 'other'],
    ['192.0.2.0/33', 'other'],
    ['192.0.2.0/24/24', 'other'],
    ['file:/etc/passwd', 'other'],
    ['a b', 'other'],
    ['-x', 'other'],
    ['1:2', 'other'],
    ['', 'other'],
  ])('calls %j %s', (entry, kind) => expect(ignoreKind(entry)).toBe(kind))
})

it('canBeAddedAgain is false for what the API would not take', () => {
  expect(canBeAddedAgain('192.0.2.1')).toBe(true)
  expect(canBeAddedAgain('0.0.0.0/0')).toBe(false)
  expect(canBeAddedAgain('file:/etc/allowed')).toBe(false)
})
