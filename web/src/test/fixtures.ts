import type { Schemas } from '@/api/client'

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString()

export function session(change: Partial<Schemas['SessionBody']> = {}): Schemas['SessionBody'] {
  return {
    id: 'session-1',
    current: true,
    createdAt: ago(3_600),
    lastSeenAt: ago(1),
    idleExpiresAt: ago(-1_800),
    expiresAt: ago(-36_000),
    address: '192.0.2.10',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    ...change,
  }
}

export function currentSession(role: Schemas['Role'] = 'admin'): Schemas['CurrentSession'] {
  return { user: { name: 'admin', role }, session: session(), timeZone: 'Europe/Berlin', version: '0.1.0' }
}

/** What the page asks first: nobody signed in, when nothing is said. */
export function start(session: Schemas['CurrentSession'] | null = null, setupCompleted = true): Schemas['StartBody'] {
  return { setupCompleted, session }
}

export function hostStatus(change: Partial<Schemas['HostStatusBody']> = {}): Schemas['HostStatusBody'] {
  return {
    host: 'local',
    daemon: { state: 'up', version: '1.0.2', reason: null, detail: null, remedy: null, since: ago(86_400) },
    socket: '/run/fail2ban/fail2ban.sock',
    asOf: ago(0),
    checkedAt: ago(0),
    totals: { jails: 3, currentlyFailed: 7, totalFailed: 1_240, currentlyBanned: 42, totalBanned: 310 },
    ...change,
  }
}

export function jailList(): Schemas['JailList'] {
  const jail = (name: string, state: Schemas['JailState'], currentlyBanned: number): Schemas['JailSummaryBody'] => ({
    name,
    state,
    counters: { currentlyFailed: 3, totalFailed: 400, currentlyBanned, totalBanned: currentlyBanned * 4 },
  })
  return {
    items: [jail('nginx-botsearch', 'idle', 2), jail('postfix', 'stopped', 0), jail('sshd', 'running', 40)],
    asOf: ago(0),
  }
}
