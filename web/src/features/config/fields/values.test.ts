import { describe, expect, it } from 'vitest'
import { addressLines, addressWords, durationSeconds, faultOf, truth } from './values'

describe('truth', () => {
  it.each([
    ['true', true],
    ['Yes', true],
    [' on ', true],
    ['0', false],
    ['no', false],
    ['%(known/enabled)s', null],
    [null, null],
  ])('reads %j as %j', (value, expected) => expect(truth(value)).toBe(expected))
})

describe('durationSeconds', () => {
  it.each([
    ['600', 600],
    ['10m', 600],
    ['1d 12h', 129_600],
    ['-1', -1],
    ['soon', null],
  ])('reads %j as %j', (value, expected) => expect(durationSeconds(value)).toBe(expected))
})

describe('addresses', () => {
  it('stand one a line in the field, and beside each other in the file', () => {
    expect(addressLines('127.0.0.1/8  ::1, 192.0.2.0/24')).toBe('127.0.0.1/8\n::1\n192.0.2.0/24')
    expect(addressWords('127.0.0.1/8\n\n ::1 \n')).toBe('127.0.0.1/8 ::1')
  })
})

describe('faultOf', () => {
  it.each([
    [{ kind: 'integer', min: 1, max: 10 }, '0'],
    [{ kind: 'integer', min: 1, max: 10 }, '11'],
    [{ kind: 'integer', min: null, max: null }, '5x'],
    [{ kind: 'duration', permanent: false }, '-1'],
    [{ kind: 'duration', permanent: true }, 'a while'],
    [{ kind: 'ports' }, 'ssh 22'],
  ] as const)('finds one for %j in %j', (kind, value) => expect(faultOf(kind, value)).not.toBeNull())

  it.each([
    [{ kind: 'integer', min: 1, max: null }, '5'],
    [{ kind: 'duration', permanent: true }, '-1'],
    [{ kind: 'ports' }, 'ssh,2222,8000:8010'],
    [{ kind: 'text' }, 'anything'],
    [{ kind: 'integer', min: 1, max: null }, ''],
  ] as const)('finds none for %j in %j', (kind, value) => expect(faultOf(kind, value)).toBeNull())
})
