import { describe, expect, it } from 'vitest'
import { regexParts } from './regex-parts'

// As fail2ban 1.0.2 writes them.
const IP4 = '(?:::f{4,6}:)?(?P<ip4>(?:\\d{1,3}\\.){3}\\d{1,3})'
const IP6 = '(?P<ip6>(?:[0-9a-fA-F]{1,4}::?|::){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):))'
const ADDR = `\\[?(?:${IP4}|${IP6})\\]?`
const HOST = `(?:${ADDR}|(?P<dns>[\\w\\-.^_]*\\w))`
const SUBNET = `\\[?(?:${IP4}|${IP6})(?:/(?P<cidr>\\d+))?\\]?`

const folded = (regex: string) =>
  regexParts(regex)
    .map((part) => part.tag ?? part.text)
    .join('')

describe('regexParts', () => {
  it.each([
    ['<HOST>', HOST],
    ['<ADDR>', ADDR],
    ['<SUBNET>', SUBNET],
  ])('folds %s', (tag, text) => {
    expect(folded(`^Failed (?:a|b) from ${text}(?: port \\d+)?$`)).toBe(`^Failed (?:a|b) from ${tag}(?: port \\d+)?$`)
  })

  it('folds inside of other groups, and several times', () => {
    expect(folded(`^(?:x ${HOST}|y (?:${ADDR} z))$`)).toBe('^(?:x <HOST>|y (?:<ADDR> z))$')
  })

  it('loses nothing: the parts make up the regex', () => {
    for (const regex of [
      `a${HOST}b${SUBNET}c`,
      'no tag at all',
      '',
      '(unbalanced (?P<ip4>\\d',
      '[(?P<ip4>](x)',
      '[]()]',
    ]) {
      expect(
        regexParts(regex)
          .map((part) => part.text)
          .join(''),
      ).toBe(regex)
    }
  })

  it('leaves alone what only looks alike', () => {
    expect(folded('^(?P<ip4>\\d+) only$')).toBe('^(?P<ip4>\\d+) only$')
  })
})
