import { describe, expect, it } from 'vitest'
import { marks } from './marks'

/** The line with the marked parts in angle brackets. */
function shown(line: string, subject: string): string {
  return marks(line, subject)
    .map((part) => (part.marked ? `<${part.text}>` : part.text))
    .join('')
}

describe('marks', () => {
  it.each([
    ['Failed password from 1.2.3.4 port 22', 'Failed password from <1.2.3.4> port 22'],
    ['1.2.3.4', '<1.2.3.4>'],
    ['[1.2.3.4]:22, 1.2.3.4:22 and 1.2.3.4.', '[<1.2.3.4>]:22, <1.2.3.4>:22 and <1.2.3.4>.'],
    ['rhost=1.2.3.4;from:1.2.3.4', 'rhost=<1.2.3.4>;from:<1.2.3.4>'],
    ['::ffff:1.2.3.4', '::ffff:<1.2.3.4>'],
  ])('marks the address where it stands by itself: %s', (line, expected) => {
    expect(shown(line, '1.2.3.4')).toBe(expected)
  })

  it.each([
    '11.2.3.45',
    '11.2.3.4',
    '1.2.3.45',
    '9.1.2.3.4',
    '1.2.3.4.5',
    'x1.2.3.4',
    '1.2.3.4x',
    '1.2.3.4_',
    '1.2.3.4.in-addr.arpa',
    'é1.2.3.4',
    '1.2.3.4𝐚',
    '𝐚1.2.3.4',
  ])('leaves alone what only holds the address: %s', (line) => {
    expect(shown(`from ${line} port`, '1.2.3.4')).toBe(`from ${line} port`)
  })

  it('marks the address beside a longer one that holds it', () => {
    expect(shown('from 11.2.3.45 for 1.2.3.4', '1.2.3.4')).toBe('from 11.2.3.45 for <1.2.3.4>')
  })

  it.each([
    ['from 2001:db8::1 port', 'from <2001:db8::1> port'],
    ['[2001:db8::1]:22', '[<2001:db8::1>]:22'],
    ['host:2001:db8::1: refused', 'host:<2001:db8::1>: refused'],
    ['source:2001:db8::1:failed', 'source:<2001:db8::1>:failed'],
    ['from 2001:db8::12', 'from 2001:db8::12'],
    ['from 2001:db8::1:2', 'from 2001:db8::1:2'],
    ['from 1:2001:db8::1', 'from 1:2001:db8::1'],
  ])('knows where an IPv6 address ends: %s', (line, expected) => {
    expect(shown(line, '2001:db8::1')).toBe(expected)
  })

  it('marks ::1 by itself and not as the end of another address', () => {
    expect(shown('::1 and 2001:db8::1', '::1')).toBe('<::1> and 2001:db8::1')
  })

  it('marks a name as a word', () => {
    expect(shown('user=root, rooted by root', 'root')).toBe('user=<root>, rooted by <root>')
    expect(shown('id [a.b], xa.bx', '[a.b]')).toBe('id <[a.b]>, xa.bx')
  })

  it('gives back every line that names nothing, and all of each line', () => {
    expect(marks('', '1.2.3.4')).toEqual([{ text: '', marked: false }])
    expect(marks('nobody', '')).toEqual([{ text: 'nobody', marked: false }])
  })
})
