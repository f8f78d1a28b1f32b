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
  'protected-networks': {
    title: msg`Protection against lock-out`,
    does: msg`Says anew which addresses must not be banned: those of proxies, of people who are signed in and of the allowlist.`,
    counted: (count) => msg`${plural(count, { one: '# network', other: '# networks' })}`,
  },
  'history-retention': {
    title: msg`Old history`,
    does: msg`Removes events that are older than the settings say, and bans without a jail that ended longer ago; what was counted stays, and what is in force.`,
    counted: (count) => msg`${plural(count, { one: '# entry', other: '# entries' })}`,
  },
  'geo-refresh': {
    title: msg`Countries and networks`,
    does: msg`Looks for new files with the countries and networks of addresses, and loads them.`,
    counted: (count) => msg`${plural(count, { one: '# file', other: '# files' })}`,
  },
  'blocklist-import': {
    title: msg`Blocklists`,
    does: msg`Fetches the blocklists that are due and puts them in force.`,
    counted: (count) => msg`${plural(count, { one: '# list', other: '# lists' })}`,
  },
  'blocklist-jails': {
    title: msg`Jails for blocklists`,
    does: msg`Bans in jails what the blocklists that they carry out name, and unbans the rest.`,
    counted: (count) => msg`${plural(count, { one: '# change', other: '# changes' })}`,
  },
  'firewall-upkeep': {
    title: msg`BanGUI’s own table`,
    does: msg`Sees to it that BanGUI’s table in the firewall holds what it should.`,
    counted: (count) => msg`${plural(count, { one: '# change', other: '# changes' })}`,
  },
  'allowlist-upkeep': {
    title: msg`Allowlist`,
    does: msg`Looks up names on the allowlist, ends what has expired, and tells fail2ban of it.`,
    counted: (count) => msg`${plural(count, { one: '# change', other: '# changes' })}`,
  },
  'firewall-check': {
    title: msg`Check of the firewall`,
    does: msg`Compares what is banned with what the firewall really blocks.`,
    counted: (count) => msg`${plural(count, { one: '# difference', other: '# differences' })}`,
  },
  'config-own-doings': {
    title: msg`Record of configuration changes`,
    does: msg`Writes into the audit log what BanGUI did to the configuration by itself.`,
    counted: (count) => msg`${plural(count, { one: '# entry', other: '# entries' })}`,
  },
}
