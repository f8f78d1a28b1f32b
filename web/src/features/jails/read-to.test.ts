import { expect, test } from 'vitest'
import { unreadBytes } from './read-to'

test.each([
  [100, 100, 0],
  [100, 40, 60],
  // Emptied since: all that is in it now waits.
  [30, 100, 30],
  [100, null, undefined],
  [undefined, 100, undefined],
])('of %j bytes, read to %j, there wait %j', (size, readTo, unread) => {
  expect(unreadBytes({ path: '/var/log/a', size, readTo })).toBe(unread)
})
