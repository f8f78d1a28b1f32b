import { expect, test } from 'vitest'
import { parts } from './spans'

const span = (name: string, start: number, end: number, exact = true) => ({ name, start, end, exact })
const told = (text: string, spans: Parameters<typeof parts>[1]) =>
  parts(text, spans).map((part) => [part.text, part.found.map(({ name }) => name).join(' ')])

test('the parts make up the line again, also where spans lie over each other', () => {
  expect(told('abcdefgh', [span('all', 0, 6), span('inner', 2, 4)])).toEqual([
    ['ab', 'all'],
    ['cd', 'all inner'],
    ['ef', 'all'],
    ['gh', ''],
  ])
})

test('a line without spans is one part, and an empty line none', () => {
  expect(told('abc', [])).toEqual([['abc', '']])
  expect(told('', [])).toEqual([])
})

test('spans beyond the text, which may be cut, are left out', () => {
  expect(told('abc', [span('far', 2, 9), span('none', 1, 1), span('turned', 3, 1)])).toEqual([['abc', '']])
})

test('places count as browsers count text', () => {
  expect(told('\u{1F600} 10.0.0.1', [span('host', 3, 11)])).toEqual([
    ['\u{1F600} ', ''],
    ['10.0.0.1', 'host'],
  ])
})
