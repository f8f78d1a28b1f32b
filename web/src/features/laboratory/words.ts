import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Tone } from '@/components/Badge'
import type { TestedLine } from './test-request'

export type Outcome = TestedLine['outcome']

export const OUTCOMES: Record<Outcome, { word: MessageDescriptor; tone: Tone }> = {
  matched: { word: msg`matched`, tone: 'accent' },
  ignored: { word: msg`ignored`, tone: 'neutral' },
  context: { word: msg`context`, tone: 'accent' },
  missed: { word: msg`missed`, tone: 'neutral' },
}

/** A regex as the page names it: `failregex 3` counts from one, as fail2ban-regex does. */
export type RegexId = { kind: 'failregex' | 'ignoreregex'; index: number }

export function regexOf(line: TestedLine): RegexId | null {
  if (line.regex === null || line.regex === undefined || line.outcome === 'missed') return null
  return { kind: line.outcome === 'ignored' ? 'ignoreregex' : 'failregex', index: line.regex }
}

export const keyOf = ({ kind, index }: RegexId) => `${kind[0]}${index}`
export const nameOf = ({ kind, index }: RegexId) => `${kind} ${index + 1}`
