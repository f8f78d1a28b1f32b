import type { Schemas } from '@/api/client'
import type { BlocklistSort } from '@/routes/blocklists'

export type List = Schemas['Blocklist']
export type Run = Schemas['BlocklistRun']
export type Hits = Schemas['BlocklistHits']

/** Packets of each list that were blocked. */
export function packetsOf(hits: Hits | undefined): ReadonlyMap<number, number> {
  return new Map(hits?.lists.map(({ list, packets }) => [list, packets]))
}

type Arranging = { by: BlocklistSort; order: 'asc' | 'desc' }

/** Words are read from A on, numbers and times from the largest on. */
export function firstOrder(by: BlocklistSort): 'asc' | 'desc' {
  return by === 'name' ? 'asc' : 'desc'
}

/** Lists in the wanted order; those that are equal in it by name. */
export function arrange(lists: readonly List[], packets: ReadonlyMap<number, number>, { by, order }: Arranging) {
  const value = (list: List) => {
    if (by === 'networks') return list.copy?.networks ?? -1
    if (by === 'blocked') return packets.get(list.id) ?? 0
    return list.last ? Date.parse(list.last.beganAt) : 0
  }
  const sign = order === 'asc' ? 1 : -1
  const byName = (a: List, b: List) => a.name.localeCompare(b.name)
  return [...lists].sort((a, b) => {
    const found = by === 'name' ? byName(a, b) : value(a) - value(b)
    return sign * found || byName(a, b)
  })
}

/** What stands at a list at the moment, the most pressing first. */
export type ListState = 'off' | 'importing' | 'waiting' | 'failing' | 'inForce' | 'idle' | 'new'

/** `usable`: whether the firewall can be used, as far as that is known. */
export function statesOf(list: List, usable = true): ListState[] {
  const states: ListState[] = []
  if (list.importing) states.push('importing')
  if (list.waiting) states.push('waiting')
  if (list.failures > 0) states.push('failing')
  if (!list.enabled) states.push('off')
  if (states.length > 0) return states
  if (!list.copy) return ['new']
  return [list.target.kind === 'firewall' && !usable ? 'idle' : 'inForce']
}
