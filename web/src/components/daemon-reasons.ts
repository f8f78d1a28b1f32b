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
