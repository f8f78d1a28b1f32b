import type { MessageDescriptor } from '@lingui/core'
import { msg, plural } from '@lingui/core/macro'

type Words = {
  title: MessageDescriptor
  does: MessageDescriptor
  /** What a run counts. */
  counted: (count: number) => MessageDescriptor
}

const sessions = (count: number) => msg`${plural(count, { one: '# session', other: '# sessions' })}`

/** What tasks are called and do. One that is newer than the page shows its own name. */
export const TASKS: Record<string, Words> = {
  'session-last-use': {
    title: msg`Last use of sessions`,
    does: msg`Writes down when each session was last used.`,
    counted: sessions,
  },
  'session-clean-up': {
    title: msg`Ended sessions`,
    does: msg`Removes sessions that have ended.`,
    counted: sessions,
  },
  'history-retention': {
    title: msg`Old history`,
    does: msg`Removes events that are older than the settings say; what was counted of them stays.`,
    counted: (count) => msg`${plural(count, { one: '# event', other: '# events' })}`,
  },
  'geo-refresh': {
    title: msg`Countries and networks`,
    does: msg`Looks for new files with the countries and networks of addresses, and loads them.`,
    counted: (count) => msg`${plural(count, { one: '# file', other: '# files' })}`,
  },
  'config-own-doings': {
    title: msg`Record of configuration changes`,
    does: msg`Writes into the audit log what BanGUI did to the configuration by itself.`,
    counted: (count) => msg`${plural(count, { one: '# entry', other: '# entries' })}`,
  },
}
