import { expect, test } from 'vitest'
import type { Schemas } from '@/api/client'
import { follow, type LogLine, MOST } from './tail'

const line = (text: string): LogLine => ({ at: null, level: 'info', logger: null, text, cut: false })
const page = (texts: string[], change: Partial<Schemas['LogPageBody']> = {}): Schemas['LogPageBody'] => ({
  lines: texts.map(line),
  next: String(texts.at(-1)),
  source: '/var/log/fail2ban.log',
  problem: null,
  gap: false,
  ...change,
})

test('what comes later stands behind what was there, with numbers that go on', () => {
  const tail = follow(follow(undefined, page(['a', 'b'])), page(['c']))
  expect(tail.entries.map((entry) => [entry.id, entry.line?.text])).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ])
  expect(tail.next).toBe('c')
})

test('an answer without lines keeps the very rows and takes the new place', () => {
  const before = follow(undefined, page(['a']))
  const tail = follow(before, page([], { next: 'later' }))
  expect(tail.entries).toBe(before.entries)
  expect(tail.next).toBe('later')
})

test('a gap is a row of its own, but not before the first lines', () => {
  const first = follow(undefined, page(['a'], { gap: true }))
  expect(first.entries).toHaveLength(1)
  const tail = follow(first, page(['z'], { gap: true }))
  expect(tail.entries.map((entry) => entry.line?.text ?? 'gap')).toEqual(['a', 'gap', 'z'])
})

test('the oldest rows are let go when there are too many, and it is said', () => {
  const texts = Array.from({ length: MOST }, (_, index) => `${index}`)
  const full = follow(undefined, page(texts))
  expect(full.trimmed).toBe(false)
  const tail = follow(full, page(['last']))
  expect(tail.trimmed).toBe(true)
  expect(tail.entries.length).toBeLessThan(MOST)
  expect(tail.entries.at(-1)).toMatchObject({ id: MOST + 1, line: { text: 'last' } })
})
