import { useLingui } from '@lingui/react/macro'
import { Badge } from '@/components/Badge'
import { BADGES } from './kinds'
import type { BadgeWord } from './types'

export function ItemBadges({ badges }: { badges: readonly BadgeWord[] }) {
  const { i18n } = useLingui()
  return (
    <span className="inline-flex flex-wrap gap-1">
      {badges.map((badge) => (
        <span key={badge} title={i18n._(BADGES[badge].means)}>
          <Badge tone={BADGES[badge].tone}>{i18n._(BADGES[badge].word)}</Badge>
        </span>
      ))}
    </span>
  )
}
