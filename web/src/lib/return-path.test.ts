import { expect, test } from 'vitest'
import { safeReturnPath } from './return-path'

test.each([
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https://evil.example/',
  'javascript:alert(1)',
  '/\t/evil.example',
  '/\n/evil.example',
  'bans',
  '',
  undefined,
  7,
  ['/bans'],
  '/sign-in?to=/bans',
  '/setup',
])('%j leads to the start', (wanted) => {
  expect(safeReturnPath(wanted)).toBe('/')
})

test.each(['/bans?search=192.0.2.1&jail=%5B%22sshd%22%5D', '/jails/a%2Fb', '/audit#top'])('%s is kept', (wanted) => {
  expect(safeReturnPath(wanted)).toBe(wanted)
})

test('dots do not lead out of the page', () => {
  expect(safeReturnPath('/../../bans')).toBe('/bans')
})
