import { browserZone } from '@/lib/zone'

/** What the wizard collects. It lives in memory only: the password must not stay behind in the browser. */
export type Draft = {
  token: string
  password: string
  repeat: string
  /** `null`: fail2ban is to be found later. */
  socket: string | null
  timeZone: string
  idleSeconds: number
  absoluteSeconds: number
}

export const EMPTY: Draft = {
  token: '',
  password: '',
  repeat: '',
  socket: null,
  timeZone: browserZone(),
  idleSeconds: 3_600,
  absoluteSeconds: 7 * 86_400,
}

export type StepId = 'token' | 'password' | 'connection' | 'sessions' | 'summary'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
export const IDLE_CHOICES = [15 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, DAY, 7 * DAY, 30 * DAY]
export const ABSOLUTE_CHOICES = [8 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY]

/** The choices, with one more where the value in use is none of them. */
export function withOwn(choices: readonly number[], own: number): number[] {
  return [...new Set([...choices, own])].sort((a, b) => a - b)
}

/** Every zone the browser knows, UTC among them, the wanted one too. */
export function zones(own: string): string[] {
  return [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), own])].sort()
}
