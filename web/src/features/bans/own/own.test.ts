import { describe, expect, it } from 'vitest'
import { ownBan } from '@/features/blocking/test-blocking'
import { isTooWide, meets, parseNetwork } from './networks'
import { matchingOwn } from './own-filter'
import { MOST_OWN, ordersOf } from './requests'
import { worthALook } from './use-preview'
import { withoutTooWide } from './width'

const NOW = Date.parse('2026-11-29T12:00:00Z')
const at = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString()

describe('networks', () => {
  const meet = (a: string, b: string) => {
    const [one, other] = [parseNetwork(a), parseNetwork(b)]
    return one !== null && other !== null && meets(one, other)
  }

  it('meet where one holds the other, in either direction, and never over families', () => {
    expect(meet('192.0.2.7', '192.0.2.0/24')).toBe(true)
    expect(meet('0.0.0.0/0', '203.0.113.9')).toBe(true)
    expect(meet('192.0.2.7', '192.0.3.0/24')).toBe(false)
    expect(meet('2001:db8::1', '2001:DB8:0:0::/64')).toBe(true)
    expect(meet('2001:db8:1::', '2001:db8::/48')).toBe(false)
    expect(meet('::/0', '192.0.2.7')).toBe(false)
  })

  it.each([
    '',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.0/33',
    '192.0.2.0/',
    '192.0.2.0/8/8',
    '1:2:3',
    '1::2::3',
    '2001:db8::/129',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    'xyz',
  ])('are not to be seen in %j', (text) => expect(parseNetwork(text)).toBeNull())

  it('are too wide from a /7, or a /18 of IPv6, on', () => {
    expect(['4.0.0.0/7', '0.0.0.0/0', '2000::/18'].every(isTooWide)).toBe(true)
    expect(['4.0.0.0/8', '192.0.2.1', '2000::/19', 'nonsense'].some(isTooWide)).toBe(false)
  })
})

describe('matchingOwn', () => {
  const bans = [
    ownBan(1, '45.11.0.0/16', { reason: 'Noisy' }),
    ownBan(2, '203.0.113.9', { by: 'mary' }),
    ownBan(3, '2001:db8::/32'),
  ]
  const ids = (search: string | undefined, family?: 'v4' | 'v6') =>
    matchingOwn(bans, { search, family }).map(({ id }) => id)

  it('finds by text, reason and person, and the networks around an address', () => {
    expect(ids('45.11.2.3')).toEqual([1])
    expect(ids('203.0.113.0/24')).toEqual([2])
    expect(ids('noisy')).toEqual([1])
    expect(ids('mary')).toEqual([2])
    expect(ids('2001:db8:1::1')).toEqual([3])
    expect(ids('198.51.100.1')).toEqual([])
  })

  it('keeps a family', () => {
    expect(ids(undefined, 'v6')).toEqual([3])
    expect(ids(undefined, 'v4')).toEqual([1, 2])
    expect(ids(undefined)).toEqual([1, 2, 3])
  })
})

describe('ordersOf', () => {
  it('makes bans anew for the time that was left, with their reason', () => {
    const ended = [
      ownBan(1, '192.0.2.1', { until: at(60), reason: 'a' }),
      ownBan(2, '192.0.2.2', { until: at(60), reason: 'a' }),
      ownBan(3, '192.0.2.3', { until: null, reason: 'a' }),
      ownBan(4, '192.0.2.4', { until: at(0), reason: 'a' }),
      ownBan(5, '192.0.2.5', { until: at(60), reason: 'b' }),
    ]
    expect(ordersOf(ended, NOW)).toEqual([
      { targets: ['192.0.2.1', '192.0.2.2'], seconds: 60, reason: 'a' },
      { targets: ['192.0.2.3'], seconds: null, reason: 'a' },
      { targets: ['192.0.2.5'], seconds: 60, reason: 'b' },
    ])
  })

  it('never orders more than the server takes at once, and loses none', () => {
    const ended = Array.from({ length: 2 * MOST_OWN + 1 }, (_, n) => ownBan(n, `t${n}`, { until: at(60) }))
    const orders = ordersOf(ended, NOW)
    expect(orders.map(({ targets }) => targets.length)).toEqual([MOST_OWN, MOST_OWN, 1])
    expect(new Set(orders.flatMap(({ targets }) => targets)).size).toBe(ended.length)
  })
})

describe('worthALook', () => {
  it('are networks, at most twenty, and an address that stands alone', () => {
    expect(worthALook(['192.0.2.1'])).toEqual(['192.0.2.1'])
    expect(worthALook(['192.0.2.1', '192.0.2.0/24'])).toEqual(['192.0.2.0/24'])
    expect(worthALook(Array.from({ length: 30 }, (_, n) => `10.${n}.0.0/16`))).toHaveLength(20)
  })
})

describe('withoutTooWide', () => {
  it('refuses what is too wide, first of all, and counts anew', () => {
    const line = (text: string) => ({
      line: 1,
      text,
      target: text,
      outcome: 'ok' as const,
      masked: false,
      addresses: '1',
      message: null,
      duplicateOf: null,
      hits: [],
    })
    const counts = { ok: 2, invalid: 0, duplicate: 0, alreadyBanned: 0, refused: 0, needsConfirmation: 0 }
    const lines = [line('192.0.2.1'), line('4.0.0.0/7')]
    const check = { tooMany: false, named: 2, pending: false, problem: null, lines, counts }
    const found = withoutTooWide(check, 'too wide')
    expect(found.lines.map(({ text, outcome }) => [text, outcome])).toEqual([
      ['4.0.0.0/7', 'refused'],
      ['192.0.2.1', 'ok'],
    ])
    expect(found.counts).toMatchObject({ ok: 1, refused: 1 })
  })
})
