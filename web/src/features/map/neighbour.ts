import type { Place } from './world'

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'

/** What lies aside of the way counts double: the next one to the right should not lie far above. */
const ASIDE = 2

/** The nearest place in a direction; `undefined` when nothing lies there. */
export function neighbour<K>(from: Place, direction: Direction, places: Iterable<readonly [K, Place]>): K | undefined {
  let best: K | undefined
  let least = Number.POSITIVE_INFINITY
  for (const [key, place] of places) {
    const dx = place.x - from.x
    const dy = place.y - from.y
    const along = { ArrowLeft: -dx, ArrowRight: dx, ArrowUp: -dy, ArrowDown: dy }[direction]
    if (along <= 0.5) continue
    const aside = direction === 'ArrowLeft' || direction === 'ArrowRight' ? Math.abs(dy) : Math.abs(dx)
    const distance = along + aside * ASIDE
    if (distance < least) {
      least = distance
      best = key
    }
  }
  return best
}
