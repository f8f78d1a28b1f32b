import { StringStream } from '@codemirror/language'
import { describe, expect, it } from 'vitest'
import { iniParser } from './ini'

/** The tokens of a text as `kind:text`, line by line; plain text is left out. */
function tokens(text: string): string[] {
  const state = iniParser.startState?.(2) ?? { inValue: false }
  const found: string[] = []
  for (const line of text.split('\n')) {
    const stream = new StringStream(line, 2, 2)
    while (!stream.eol()) {
      stream.start = stream.pos
      const kind = iniParser.token(stream, state)
      if (stream.pos === stream.start) throw new Error(`stands still in ${line}`)
      if (kind) found.push(`${kind}:${stream.current().trim()}`)
    }
  }
  return found
}

describe('iniParser', () => {
  it('tells sections, options, comments and what is filled in', () => {
    expect(
      tokens('# why\n[sshd]\nport = ssh,%(x)s ; note\nactionban = <iptables> -I <known/chain?family=inet6>'),
    ).toEqual([
      'comment:# why',
      'section:[sshd]',
      'option:port',
      'operator:=',
      'filled:%(x)s',
      'comment:; note',
      'option:actionban',
      'operator:=',
      'tag:<iptables>',
      'tag:<known/chain?family=inet6>',
    ])
  })

  it('takes an indented line for more of the value, even with an equals sign in it', () => {
    expect(tokens('failregex = ^a\n            b = <HOST>$\n[x]')).toEqual([
      'option:failregex',
      'operator:=',
      'tag:<HOST>',
      'section:[x]',
    ])
  })

  it.each(['', '   ', '=', 'no equals sign', '[open', '%(', '<', 'a=%(b', '\u202e = \u0000', '🦀: <🦀>'])(
    'comes to the end of %j',
    (text) => {
      expect(() => tokens(text)).not.toThrow()
    },
  )
})
