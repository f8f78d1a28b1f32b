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
