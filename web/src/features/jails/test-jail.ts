import type { Schemas } from '@/api/client'

/** A running jail as the API tells it, for tests. */
export function jailDetail(
  change: Partial<Schemas['JailDetailBody']> = {},
  settings: Partial<Schemas['JailSettingsBody']> = {},
): Schemas['JailDetailBody'] {
  return {
    name: 'sshd',
    state: 'running',
    counters: { currentlyFailed: 3, totalFailed: 400, currentlyBanned: 40, totalBanned: 160 },
    source: { kind: 'files', entries: ['/var/log/auth.log'] },
    settings: {
      bantimeSeconds: 600,
      findtimeSeconds: 600,
      maxretry: 5,
      maxmatches: 10,
      maxlines: 1,
      usedns: 'warn',
      logEncoding: 'auto',
      logTimeZone: null,
      datePattern: 'Default Detectors',
      preRegex: null,
      failRegex: [
        'from (?:\\[?(?:(?:::f{4,6}:)?(?P<ip4>(?:\\d{1,3}\\.){3}\\d{1,3})|(?P<ip6>[0-9a-f:]+))\\]?|(?P<dns>[\\w\\-.^_]*\\w))$',
      ],
      ignoreRegex: [],
      ignoreIp: ['192.0.2.1', 'file:/etc/allowed'],
      ignoreSelf: true,
      ignoreCommand: null,
      actions: ['nftables'],
      escalation: {},
      ...settings,
    },
    asOf: new Date().toISOString(),
    ...change,
  }
}
