import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Risk } from '../types'

export const RISK_WORDS: Record<Risk, MessageDescriptor> = {
  actions: msg`It changes what bans do to the firewall.`,
  allJails: msg`It changes a default of all jails.`,
  ignoresLess: msg`Fewer addresses are ignored: a ban could hit you.`,
  stricter: msg`Bans become much longer, permanent, or come much sooner.`,
  remoteAccess: msg`A jail that protects remote access changes: a mistake could lock you out.`,
  commands: msg`Its text runs commands as root.`,
  daemon: msg`It changes fail2ban’s own settings.`,
}
