import { describe, expect, it } from 'vitest'
import { list, run } from '../blocking/test-blocking'
import { isListJail, NEW, nameFrom, requestOf, urlFault } from './draft'
import { arrange, statesOf } from './lists'
import { inOrder, shareOf } from './overlaps'

describe('statesOf', () => {
  it('says all that presses, and only then that it is in force', () => {
    expect(statesOf(list(1, 'a'))).toEqual(['inForce'])
    expect(statesOf(list(1, 'a'), false)).toEqual(['idle'])
    expect(statesOf(list(1, 'a', { target: { kind: 'jail', jail: 'bangui-a' } }), false)).toEqual(['inForce'])
    expect(statesOf(list(1, 'a', { copy: null }))).toEqual(['new'])
    expect(statesOf(list(1, 'a', { enabled: false }))).toEqual(['off'])
    const waiting = { id: 7, at: '', networks: 1, reason: 'shrank' } as const
    expect(statesOf(list(1, 'a', { importing: true, waiting, failures: 2 }))).toEqual([
      'importing',
      'waiting',
      'failing',
    ])
  })
})

describe('arrange', () => {
  const lists = [
    list(1, 'b', { copy: null, last: null }),
    list(2, 'a', { last: run({ beganAt: '2026-01-01T00:00:00Z' }) }),
    list(3, 'c', { last: run({ beganAt: '2026-01-02T00:00:00Z' }) }),
  ]
  const names = (by: 'name' | 'networks' | 'blocked' | 'last', order: 'asc' | 'desc') =>
    arrange(lists, new Map([[1, 9]]), { by, order })
      .map(({ name }) => name)
      .join('')

  it('goes by each column, and by name within it', () => {
    expect(names('name', 'desc')).toBe('cba')
    expect(names('networks', 'desc')).toBe('acb')
    expect(names('blocked', 'desc')).toBe('bac')
    expect(names('last', 'desc')).toBe('cab')
  })
})

describe('a source that is written', () => {
  it('is fetched over http only where that was allowed', () => {
    expect(urlFault('', false)).toBe('none')
    expect(urlFault('ftp://x.example/list', false)).toBe('notWeb')
    expect(urlFault(' http://x.example/list ', false)).toBe('http')
    expect(urlFault('http://x.example/list', true)).toBeNull()
    expect(urlFault('https://x.example/list', false)).toBeNull()
  })

  it('loses the leave for http together with the http', () => {
    const draft = { ...NEW, name: ' n ', allowHttp: true, url: ' https://x.example/list ' }
    expect(requestOf(draft)).toMatchObject({ name: 'n', url: 'https://x.example/list', allowHttp: false })
  })

  it('is carried out only by a jail that is there for lists', () => {
    expect(['bangui-lists', 'bangui-a_1'].every(isListJail)).toBe(true)
    expect(['sshd', 'bangui-', 'bangui-a b', 'bangui-0123456789012345678'].some(isListJail)).toBe(false)
  })

  it.each([
    ['https://lists.example.org/ipv4/attackers.txt', 'attackers'],
    ['https://lists.example.org/drop.netset.gz?x=1', 'drop'],
    ['https://lists.example.org/?id=7', 'lists.example.org'],
    ['https://lists.example.org', 'lists.example.org'],
    ['nonsense', ''],
  ])('gets a name from %s', (url, name) => expect(nameFrom(url)).toBe(name))
})

describe('lists in common', () => {
  const lists = [list(1, 'a'), list(2, 'b', { copy: { at: '', networks: 1, addresses: { v4: 100, v6: '0' } } })]
  const overlap = { first: 1, second: 2, addresses: { v4: 50, v6: '0' } }

  it('leaves out what is deleted, and turns pairs so that the one comes first', () => {
    expect(inOrder([overlap, { ...overlap, second: 9 }], lists)).toHaveLength(1)
    const [pair] = inOrder([overlap], lists, 2)
    expect([pair?.one.name, pair?.other.name]).toEqual(['b', 'a'])
  })

  it('counts shares of IPv4, and of IPv6 where a list has nothing else', () => {
    expect(shareOf(overlap.addresses, { v4: 100, v6: '0' })).toBe(0.5)
    expect(shareOf({ v4: 0, v6: '1' }, { v4: 0, v6: '4' })).toBe(0.25)
    expect(shareOf(overlap.addresses, null)).toBeNull()
  })
})
