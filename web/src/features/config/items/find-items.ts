import type { ListedKind } from '../kinds'
import type { BadgeWord, ItemSummary } from '../types'

type Wanted = { kind: ListedKind; search: string | undefined; badge: BadgeWord | undefined }

/** The items of a kind that a search and a badge leave: active ones first, then by name. */
export function findItems(items: readonly ItemSummary[], { kind, search, badge }: Wanted): ItemSummary[] {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  return items
    .filter((item) => item.id.kind === kind && (!badge || item.badges.includes(badge)))
    .filter((item) => {
      const text = `${item.id.name} ${item.filter ?? ''} ${item.usedBy.join(' ')}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .sort((a, b) => rank(a) - rank(b) || a.id.name.localeCompare(b.id.name))
}

function rank({ badges }: ItemSummary): number {
  if (badges.includes('broken')) return 0
  return badges.includes('active') ? 1 : 2
}

/** How many items of a kind have each badge. */
export function countBadges(items: readonly ItemSummary[], kind: ListedKind): ReadonlyMap<BadgeWord, number> {
  const counts = new Map<BadgeWord, number>()
  for (const item of items) {
    if (item.id.kind !== kind) continue
    for (const badge of item.badges) counts.set(badge, (counts.get(badge) ?? 0) + 1)
  }
  return counts
}
