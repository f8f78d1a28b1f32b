import { expect, test } from 'vitest'
import type { Schemas } from '@/api/client'
import { historyQuery, isFiltered, matches, readHistorySearch, readStatsSearch, statsQuery } from './search'

const NOW = Date.parse('2026-11-24T12:00:00Z')

function event(change: Partial<Schemas['EventBody']> = {}): Schemas['EventBody'] {
  return {
    id: '1',
    host: 'local',
    at: '2026-11-24T11:59:00.000Z',
    event: 'ban',
    jail: 'sshd',
    subject: '192.0.2.1',
    kind: 'address',
    origin: 'detected',
    permanent: false,
    country: 'DE',
    asn: 64500,
    hasLines: false,
    ...change,
  }
}

test('filters from a URL keep what is valid and drop the rest', () => {
  expect(
    readHistorySearch({
      range: '7d',
      jail: 'sshd',
      country: ['de', 'Germany', 'ZZ'],
      asn: [64500, 'x', -1],
      origin: ['manual', 'moon'],
      event: 'ban',
      address: ' ',
    }),
  ).toEqual({ range: '7d', jail: ['sshd'], country: ['DE', 'ZZ'], asn: [64500], origin: ['manual'], event: ['ban'] })
})

test('two instants win over a range, and are dropped when turned round', () => {
  const from = '2026-11-01T00:00:00.000Z'
  const until = '2026-11-02T00:00:00.000Z'
  expect(readStatsSearch({ range: '7d', from, until })).toEqual({ from, until })
  expect(readStatsSearch({ from: until, until: from })).toEqual({})
})

test('statistics fall back to a range, the history to everything', () => {
  expect(statsQuery({ jail: ['sshd'] })).toMatchObject({ range: '24h', jail: ['sshd'] })
  expect(statsQuery({ from: '2026-11-01T00:00:00.000Z' })).not.toHaveProperty('range')
  expect(historyQuery({}).range).toBeUndefined()
})

test('a range alone is no filter', () => {
  expect(isFiltered({ range: '7d' })).toBe(false)
  expect(isFiltered({ asn: [0] })).toBe(true)
})

test('an event matches every condition or does not belong to the list', () => {
  expect(matches({ range: '24h', jail: ['sshd'], country: ['DE'], asn: [64500] }, event(), NOW)).toBe(true)
  expect(matches({ jail: ['postfix'] }, event(), NOW)).toBe(false)
  expect(matches({ event: ['unban'] }, event(), NOW)).toBe(false)
  expect(matches({ origin: ['manual'] }, event(), NOW)).toBe(false)
  expect(matches({ until: '2026-11-24T11:00:00.000Z' }, event(), NOW)).toBe(false)
  expect(matches({ range: '24h' }, event({ at: '2026-11-22T11:00:00Z' }), NOW)).toBe(false)
})

test('an event without place belongs to the unknown ones', () => {
  const nowhere = event({ country: null, asn: null })
  expect(matches({ country: ['ZZ'], asn: [0] }, nowhere, NOW)).toBe(true)
  expect(matches({ country: ['DE'] }, nowhere, NOW)).toBe(false)
})

test('whether an event lies in a network is left to the server', () => {
  expect(matches({ address: '192.0.2.1' }, event(), NOW)).toBe(true)
  expect(matches({ address: '192.0.2.2' }, event(), NOW)).toBe(false)
  expect(matches({ address: '192.0.2.0/24' }, event(), NOW)).toBeUndefined()
})
