import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Tone } from '@/components/Badge'
import type { Version } from '../types'

export const ORIGIN_WORDS: Record<Version['origin'], MessageDescriptor> = {
  first: msg`as found at first`,
  applied: msg`applied`,
  outside: msg`changed outside BanGUI`,
  reverted: msg`taken back`,
  recovered: msg`put right at a start`,
}

export const OUTCOMES: Record<Version['outcome'], { word: MessageDescriptor; tone: Tone }> = {
  inForce: { word: msg`took effect`, tone: 'good' },
  undone: { word: msg`failed, undone`, tone: 'warning' },
  waitsForConfirmation: { word: msg`waits to be confirmed`, tone: 'warning' },
  reverted: { word: msg`was taken back`, tone: 'neutral' },
  broken: { word: msg`failed, not all undone`, tone: 'danger' },
}
