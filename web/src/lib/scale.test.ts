import { expect, test } from 'vitest'
import { quantiles, scaleColour, stepOf } from './scale'

test('quantiles give each step about as many members, whatever the largest is', () => {
  const values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100_000]
  expect(quantiles(values, 5)).toEqual([1, 3, 5, 7, 9])
})

test('quantiles of few different values are fewer', () => {
  expect(quantiles([4, 4, 4, 0], 6)).toEqual([4])
  expect(quantiles([0], 6)).toEqual([])
})

test('stepOf counts the thresholds that a value reaches', () => {
  expect([0, 1, 9, 10, 500].map((value) => stepOf(value, [1, 10, 100]))).toEqual([0, 1, 1, 2, 3])
})

test('scaleColour goes from low to high, and has none for nothing', () => {
  expect(scaleColour(0, 5)).toBeUndefined()
  expect(scaleColour(1, 5)).toContain(' 0%')
  expect(scaleColour(5, 5)).toContain(' 100%')
  expect(scaleColour(1, 1)).toContain(' 100%')
})
