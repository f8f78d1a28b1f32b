import { expect, test } from 'vitest'
import { neighbour } from './neighbour'

const places = new Map([
  ['middle', { x: 0, y: 0 }],
  ['right', { x: 30, y: 5 }],
  ['near but high', { x: 10, y: -40 }],
  ['left', { x: -20, y: 0 }],
  ['below', { x: 3, y: 25 }],
])

test('the nearest in a direction wins, and what lies aside counts more', () => {
  const from = { x: 0, y: 0 }
  expect(neighbour(from, 'ArrowRight', places)).toBe('right')
  expect(neighbour(from, 'ArrowLeft', places)).toBe('left')
  expect(neighbour(from, 'ArrowUp', places)).toBe('near but high')
  expect(neighbour(from, 'ArrowDown', places)).toBe('below')
})

test('at the edge there is none', () => {
  expect(neighbour({ x: -20, y: 0 }, 'ArrowLeft', places)).toBeUndefined()
})
