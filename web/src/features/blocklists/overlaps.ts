import type { Schemas } from '@/api/client'
import type { List } from './lists'

type Counts = Schemas['AddressCounts']

/** Two lists, and how many addresses are on both. */
export type Together = { one: List; other: List; addresses: Counts }

/** Pairs of lists, those with the most in common first. With `only` the one is always that list. A list that was deleted meanwhile is left out. */
export function inOrder(
  overlaps: readonly Schemas['BlocklistOverlap'][],
  lists: readonly List[],
  only?: number,
): Together[] {
  const byId = new Map(lists.map((list) => [list.id, list]))
  return overlaps
    .flatMap(({ first, second, addresses }): Together[] => {
      if (only !== undefined && only !== first && only !== second) return []
      const [one, other] = [byId.get(first), byId.get(second)]
      if (!one || !other) return []
      return only === second ? [{ one: other, other: one, addresses }] : [{ one, other, addresses }]
    })
    .sort((a, b) => b.addresses.v4 - a.addresses.v4 || Number(b.addresses.v6) - Number(a.addresses.v6))
}

/** Which part of a list the common addresses are: of IPv4 where it has any, else of IPv6. */
export function shareOf(common: Counts, all: Counts | null | undefined): number | null {
  if (!all) return null
  if (all.v4 > 0) return common.v4 / all.v4
  const v6 = Number(all.v6)
  return v6 > 0 ? Number(common.v6) / v6 : null
}
