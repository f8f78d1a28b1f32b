import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { parseSpan } from '@/lib/span'
import type { OptionKind } from '../types'

const YES = ['true', 'yes', 'on', '1']
const NO = ['false', 'no', 'off', '0']

/** What fail2ban reads as yes or no; `null` for anything else. */
export function truth(value: string | null): boolean | null {
  const word = value?.trim().toLowerCase() ?? ''
  if (YES.includes(word)) return true
  return NO.includes(word) ? false : null
}

/** Seconds of a duration, -1 for ever; `null` for what is none, or is an expression that only fail2ban evaluates. */
export function durationSeconds(value: string): number | null {
  const text = value.trim()
  return /^-1$/.test(text) ? -1 : parseSpan(text)
}

const MANY_LINES: readonly OptionKind['kind'][] = ['paths', 'regexes', 'actions', 'command', 'lines']

/** Whether a value of this kind may have several lines. */
export function takesLines({ kind }: OptionKind): boolean {
  return MANY_LINES.includes(kind)
}

/** Addresses stand one below the other in the field, and beside each other in the file. */
export function addressLines(value: string): string {
  return value
    .trim()
    .split(/[\s,]+/)
    .join('\n')
}

export function addressWords(lines: string): string {
  return lines
    .split(/[\s,]+/)
    .filter(Boolean)
    .join(' ')
}

/** What is plainly wrong with a value, said while somebody types. The plan checks the rest, with fail2ban itself. */
export function faultOf(kind: OptionKind, value: string): MessageDescriptor | null {
  const text = value.trim()
  if (text === '') return null
  if (kind.kind === 'integer') return integerFault(kind, text)
  if (kind.kind === 'duration') return durationFault(kind.permanent, text)
  if (kind.kind === 'ports' && !/^[\w-]+(:[\w-]+)?(\s*,\s*[\w-]+(:[\w-]+)?)*$/.test(text))
    return msg`Names or numbers of ports, separated by commas, such as ssh,2222 or 8000:8010.`
  return null
}

function integerFault({ min, max }: { min?: number | null; max?: number | null }, text: string) {
  if (!/^-?\d+$/.test(text)) return msg`A whole number is needed.`
  const number = Number(text)
  if (typeof min === 'number' && number < min) return msg`At least ${min}.`
  if (typeof max === 'number' && number > max) return msg`At most ${max}.`
  return null
}

function durationFault(permanent: boolean, text: string) {
  const seconds = durationSeconds(text)
  if (seconds === null) return msg`A time is needed, such as 600, 10m, 1h 30m or 2d.`
  if (seconds < 0 && !permanent) return msg`This time cannot be without an end.`
  return null
}
