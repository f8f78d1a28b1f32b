import type { Schemas } from '@/api/client'

export type ActiveBan = Schemas['ActiveBanBody']

/** What an unban hits: one subject in one jail, or in all of them (`jail: null`). */
export type UnbanTarget = { host: string; subject: string; jail: string | null }

/** One text for one target. JSON, because names of jails may hold any separator. */
export function targetKey({ host, jail, subject }: UnbanTarget): string {
  return JSON.stringify([host, jail, subject])
}

const known = new WeakMap<ActiveBan, string>()

/** The key of a row: a ban is one subject in one jail of one host. Remembered, because scrolling asks for it all the time. */
export function banKey(ban: ActiveBan): string {
  let key = known.get(ban)
  if (key === undefined) {
    key = targetKey(ban)
    known.set(ban, key)
  }
  return key
}

/** The other key that a row answers to: its subject in all jails. */
export function everywhereKey({ host, subject }: { host: string; subject: string }): string {
  return targetKey({ host, subject, jail: null })
}
