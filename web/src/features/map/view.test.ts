import { expect, test } from 'vitest'
import { moved, showing, WHOLE, zoomed } from './view'
import { HEIGHT, WIDTH } from './world'

test('zooming keeps the point under the pointer where it is', () => {
  const near = zoomed(WHOLE, 4, { x: 0.25, y: 0.5 })
  expect(near.scale).toBe(4)
  expect(near.x + 0.25 * (WIDTH / 4)).toBeCloseTo(0.25 * WIDTH)
  expect(near.y + 0.5 * (HEIGHT / 4)).toBeCloseTo(0.5 * HEIGHT)
})

test('nothing beyond the map is ever seen', () => {
  expect(zoomed(WHOLE, 0.5)).toEqual(WHOLE)
  expect(moved(WHOLE, 1, 1)).toEqual(WHOLE)
  const corner = moved(zoomed(WHOLE, 2), 10, 10)
  expect(corner).toEqual({ scale: 2, x: WIDTH / 2, y: HEIGHT / 2 })
})

test('a point that is not seen comes to the middle, one that is stays', () => {
  const corner = zoomed(WHOLE, 4, { x: 0, y: 0 })
  expect(showing(corner, { x: 10, y: 10 })).toBe(corner)
  const found = showing(corner, { x: 500, y: 300 })
  expect(found.x + WIDTH / 8).toBeCloseTo(500)
})
