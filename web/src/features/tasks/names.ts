import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

type Words = { title: MessageDescriptor; does: MessageDescriptor }

/** What tasks are called and do. One that is newer than the page shows its own name. */
export const TASKS: Record<string, Words> = {
  'session-last-use': {
    title: msg`Last use of sessions`,
    does: msg`Writes down when each session was last used.`,
  },
  'session-clean-up': {
    title: msg`Ended sessions`,
    does: msg`Removes sessions that have ended.`,
  },
  'history-retention': {
    title: msg`Old history`,
    does: msg`Removes events that are older than the settings say; what was counted of them stays.`,
  },
  'geo-refresh': {
    title: msg`Countries and networks`,
    does: msg`Looks for new files with the countries and networks of addresses, and loads them.`,
  },
  'config-own-doings': {
    title: msg`Record of configuration changes`,
    does: msg`Writes into the audit log what BanGUI did to the configuration by itself.`,
  },
}
