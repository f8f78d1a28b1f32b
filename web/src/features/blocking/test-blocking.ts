import type { Schemas } from '@/api/client'
import { HttpResponse, http, server, url } from '@/test/server'

/** A reason that has no name, as the server says it. */
export function said(text: string): Schemas['Why'] {
  return { code: null, text, facts: {} }
}

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

export function run(change: Partial<Schemas['BlocklistRun']> = {}): Schemas['BlocklistRun'] {
  return {
    beganAt: ago(5),
    tookMs: 53,
    by: null,
    outcome: 'taken',
    problem: null,
    waits: null,
    bytes: 58_879,
    parsed: 4_202,
    masked: 0,
    junk: 0,
    junkExamples: [],
    tooWide: 0,
    special: 0,
    subtracted: 0,
    leftOut: { subtracted: [], special: [], tooWide: [] },
    networks: 4_201,
    added: 4_201,
    removed: 0,
    ...change,
  }
}

export function list(id: number, name: string, change: Partial<Schemas['Blocklist']> = {}): Schemas['Blocklist'] {
  return {
    id,
    name,
    url: `https://lists.example.org/${name}.txt`,
    allowHttp: false,
    everySeconds: 3_600,
    enabled: true,
    target: { kind: 'firewall' },
    direction: 'in',
    note: '',
    createdAt: ago(60),
    copy: { at: ago(5), networks: 4_201, addresses: { v4: 4_456, v6: '0' } },
    waiting: null,
    failures: 0,
    nextAt: ago(-55),
    importing: false,
    last: run(),
    ...change,
  }
}

export function standing(change: Partial<Schemas['FirewallStanding']> = {}): Schemas['FirewallStanding'] {
  return {
    table: { backend: 'nftables', isThere: true, networks: 5_119, bans: 3, allowed: 1 },
    unusable: null,
    unread: null,
    lastLoad: { at: ago(1), changed: false, tookMs: 2, problem: null },
    drift: null,
    ...change,
  }
}

export function hits(change: Partial<Schemas['BlocklistHits']> = {}): Schemas['BlocklistHits'] {
  return {
    incoming: { packets: 12_345, bytes: 900_000 },
    outgoing: { packets: 7, bytes: 420 },
    lists: [],
    top: [],
    ...change,
  }
}

export function ownBan(id: number, target: string, change: Partial<Schemas['OwnBan']> = {}): Schemas['OwnBan'] {
  return {
    id,
    host: 'local',
    target,
    since: ago(10),
    until: ago(-50),
    reason: '',
    by: 'admin',
    inForce: true,
    endedAt: null,
    endedBy: null,
    ...change,
  }
}

export function allowEntry(
  id: number,
  subject: string,
  change: Partial<Schemas['AllowEntry']> = {},
): Schemas['AllowEntry'] {
  return {
    id,
    subject,
    kind: subject.includes('/') ? 'network' : 'address',
    note: '',
    owner: 'admin',
    createdAt: ago(30),
    expiresAt: null,
    host: null,
    holds: true,
    resolved: null,
    ...change,
  }
}

/** Serves what pages of lists and of the firewall ask for beside their own. */
export function serveStanding(now = standing(), counted = hits()): void {
  server.use(
    http.get(url('/hosts/local/firewall'), () => HttpResponse.json(now)),
    http.get(url('/blocklists/hits'), () => HttpResponse.json(counted)),
  )
}
