import type { Schemas } from '@/api/client'
import type { Sort } from '@/components/Table'
import type { JailSort } from '@/routes/jails'

export type Jail = Schemas['JailSummaryBody']

/** The way from working to not working. */
const STATE_RANK: Record<Jail['state'], number> = { running: 0, idle: 1, stopped: 2 }

const NAMES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

function byName(a: Jail, b: Jail): number {
  return NAMES.compare(a.name, b.name) || (a.name < b.name ? -1 : 1)
}

function compare(a: Jail, b: Jail, by: JailSort): number {
  if (by === 'name') return 0
  if (by === 'state') return STATE_RANK[a.state] - STATE_RANK[b.state]
  return a.counters[by] - b.counters[by]
}

/** The jails whose name contains every word that was typed, in the wanted order; equal ones by name. */
export function arrange(jails: readonly Jail[], search: string | undefined, { by, order }: Sort<JailSort>): Jail[] {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const turn = order === 'asc' ? 1 : -1
  return jails
    .filter((jail) => words.every((word) => jail.name.toLowerCase().includes(word)))
    .sort((a, b) => (by === 'name' ? turn * byName(a, b) : turn * compare(a, b, by) || byName(a, b)))
}
