import { expect, test } from 'vitest'
import { pieces, visible } from './hostile'

test.each([
  ['a right-to-left override', 'adm\u202enimda', 'adm[U+202E]nimda'],
  ['a zero-width space', 'ss\u200bhd', 'ss[U+200B]hd'],
  ['an escape sequence', '\u001b[31mred', '[U+001B][31mred'],
  ['a line break', 'a\nb', 'a[U+000A]b'],
  ['a tag character beyond the basic plane', 'x\u{e0041}y', 'x[U+E0041]y'],
  ['a lone surrogate', 'a\ud800b', 'a[U+D800]b'],
  ['a Hangul filler', '\u3164', '[U+3164]'],
])('%s is made visible', (_, text, shown) => {
  expect(visible(text)).toBe(shown)
})

test.each(['sshd', '2001:db8::1', 'Büro-Überwachung', '日本語', '👍', 'שלום'])(
  'ordinary text stays as it is: %s',
  (text) => {
    expect(pieces(text)).toEqual([{ text, hidden: false }])
  },
)
