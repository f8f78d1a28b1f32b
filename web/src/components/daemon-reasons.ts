import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Schemas } from '@/api/client'

type Reason = NonNullable<Schemas['DaemonBody']['reason']>

const REASONS: Record<Reason, MessageDescriptor> = {
  socketMissing: msg`its socket is not there.`,
  noPermission: msg`BanGUI may not open its socket.`,
  refused: msg`nothing listens on its socket.`,
  notAnswering: msg`it does not answer.`,
  protocol: msg`what answers does not speak fail2ban's protocol.`,
}

/** Why the daemon cannot be reached, as the end of a sentence. */
export function daemonReason(reason: Schemas['DaemonBody']['reason']): MessageDescriptor {
  return (reason && REASONS[reason]) || msg`the reason is not known.`
}

const REMEDIES: Partial<Record<Reason, MessageDescriptor>> = {
  socketMissing: msg`Start fail2ban (systemctl start fail2ban). If it listens elsewhere, choose its socket.`,
  refused: msg`Start fail2ban again (systemctl restart fail2ban).`,
  notAnswering: msg`Wait: it may be busy, stopping or starting. If this stays, look into its log and restart it (systemctl restart fail2ban).`,
  protocol: msg`Check that the socket is fail2ban’s.`,
}

/** What to do about it, where that is the same each time; whose a closed socket is, only the server can say. */
export function daemonRemedy(reason: Schemas['DaemonBody']['reason']): MessageDescriptor | undefined {
  return reason ? REMEDIES[reason] : undefined
}
