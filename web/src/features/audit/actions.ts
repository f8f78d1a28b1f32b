import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Tone } from '@/components/Badge'
import type { Outcome } from '@/routes/audit'

/** What was done, in words. An action that is newer than the page shows its own name. */
export const ACTIONS: Record<string, MessageDescriptor> = {
  'setup.completed': msg`Setup completed`,
  'session.created': msg`Signed in`,
  'session.revoked': msg`Session ended`,
  'sessions.revoked': msg`Sessions ended`,
  'task.ordered': msg`Task ordered`,
  'password.changed': msg`Password changed`,
  'settings.changed': msg`Settings changed`,
  'bans.created': msg`Banned`,
  'bans.removed': msg`Unbanned`,
  'bans.cleared': msg`Everything unbanned`,
  'jail.started': msg`Jail started`,
  'jail.stopped': msg`Jail stopped`,
  'jail.restarted': msg`Jail restarted`,
  'jail.reloaded': msg`Jail reloaded`,
  'jail.idled': msg`Jail paused`,
  'jail.resumed': msg`Jail resumed`,
  'jails.reloaded': msg`All jails reloaded`,
  'jail.settings_changed': msg`Jail settings changed`,
  'ignore.added': msg`Ignore entry added`,
  'ignore.removed': msg`Ignore entry removed`,
  'ignore.self_changed': msg`Ignoring own addresses changed`,
  'config.applied': msg`Configuration changed`,
  'config.confirmed': msg`Change confirmed`,
  'config.reverted': msg`Change taken back`,
  'config.adopted': msg`Changes from outside kept`,
  'config.recovered': msg`Half-done change put right`,
  'samples.changed': msg`Sample lines changed`,
  'laboratory.tested': msg`Filter tried on a log`,
  'log.flushed': msg`fail2ban's log opened anew`,
  'daemon.restarted': msg`fail2ban restarted`,
  'blocklist.added': msg`Blocklist added`,
  'blocklist.changed': msg`Blocklist changed`,
  'blocklist.removed': msg`Blocklist deleted`,
  'blocklist.ordered': msg`Blocklist fetched by hand`,
  'blocklist.confirmed': msg`Waiting copy of a blocklist taken`,
  'blocklist.refused': msg`Waiting copy of a blocklist refused`,
  'own_bans.created': msg`Banned without a jail`,
  'own_bans.ended': msg`Bans without a jail ended`,
  'allowlist.added': msg`Put on the allowlist`,
  'allowlist.changed': msg`Allowlist entry changed`,
  'allowlist.removed': msg`Taken off the allowlist`,
  'firewall.repaired': msg`Firewall repaired`,
  'address.looked_up': msg`Others asked about an address`,
  'password.checked': msg`Password given once more`,
}

export const OUTCOME_LABELS: Record<Outcome, { label: MessageDescriptor; tone: Tone }> = {
  success: { label: msg`done`, tone: 'good' },
  partial: { label: msg`in part`, tone: 'warning' },
  refused: { label: msg`refused`, tone: 'warning' },
  failed: { label: msg`failed`, tone: 'danger' },
}
