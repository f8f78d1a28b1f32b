import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Badge, type Tone } from '@/components/Badge'
import { firewallQuery } from '@/features/blocking/queries'
import { type List, type ListState, statesOf } from './lists'

const TONES: Record<ListState, Tone> = {
  off: 'neutral',
  importing: 'accent',
  waiting: 'warning',
  failing: 'danger',
  inForce: 'good',
  idle: 'warning',
  new: 'neutral',
}

/** How a list stands, in a word or two. */
export function ListBadges({ list }: { list: List }) {
  const { t } = useLingui()
  const standing = useQuery(firewallQuery).data
  const usable = standing ? Boolean(standing.table) : undefined
  const words: Record<ListState, string> = {
    off: t`off`,
    importing: t`being fetched`,
    waiting: t`waits for a yes`,
    failing: t`failing`,
    inForce: t`in force`,
    idle: t`not in force`,
    new: t`not fetched yet`,
  }
  return (
    <span className="inline-flex flex-wrap gap-1">
      {statesOf(list, usable).map((state) => (
        <Badge key={state} tone={TONES[state]}>
          {words[state]}
        </Badge>
      ))}
    </span>
  )
}
