import { useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { Badge, type Tone } from '@/components/Badge'
import { Hint } from '@/components/Hint'
import { STATES, VERBS, type Verb } from './verbs'

const TONES: Record<Schemas['JailState'], Tone> = { running: 'good', idle: 'warning', stopped: 'warning' }

/** The state of a jail, or what is being done to it; what it means shows on hover and focus. */
export function StateBadge({ state, doing }: { state: Schemas['JailState']; doing?: Verb }) {
  const { i18n } = useLingui()
  if (doing) return <Badge tone="accent">{i18n._(VERBS[doing].doing)}</Badge>
  return (
    <Hint text={i18n._(STATES[state].means)}>
      <Badge tone={TONES[state]}>{i18n._(STATES[state].word)}</Badge>
    </Hint>
  )
}
