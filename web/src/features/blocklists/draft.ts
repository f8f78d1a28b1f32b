import type { Schemas } from '@/api/client'
import type { List } from './lists'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How often a list may be fetched, as it is offered. */
export const INTERVALS = [15 * MINUTE, HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY] as const

/** What the name of a jail for lists begins with. */
export const JAIL_PREFIX = 'bangui-'
/** Longer names do not fit into the firewall's. */
const JAIL_CHARACTERS = 25

/** A source as it is being written. */
export type Draft = {
  name: string
  url: string
  allowHttp: boolean
  everySeconds: number
  enabled: boolean
  carriedOutBy: 'firewall' | 'jail'
  jail: string
  direction: Schemas['BlocklistDirection']
  note: string
}

export const NEW: Draft = {
  name: '',
  url: '',
  allowHttp: false,
  everySeconds: DAY,
  enabled: true,
  carriedOutBy: 'firewall',
  jail: `${JAIL_PREFIX}lists`,
  direction: 'in',
  note: '',
}

export function draftOf(list: List): Draft {
  const { name, url, allowHttp, everySeconds, enabled, direction, note, target } = list
  const { kind } = target
  const jail = target.kind === 'jail' ? target.jail : NEW.jail
  return { name, url, allowHttp, everySeconds, enabled, direction, note, carriedOutBy: kind, jail }
}

/** One of the well-known lists, as its publisher wants it fetched. */
export function draftOfKnown({ name, url, everySeconds }: Schemas['KnownBlocklist']): Draft {
  return { ...NEW, name, url, everySeconds }
}

export function requestOf(draft: Draft): Schemas['BlocklistRequest'] {
  const { carriedOutBy, jail, ...rest } = draft
  return {
    ...rest,
    name: draft.name.trim(),
    url: draft.url.trim(),
    note: draft.note.trim(),
    // Only what is asked for is allowed: one that is fetched by https needs no leave for http.
    allowHttp: draft.allowHttp && isHttp(draft.url),
    target: carriedOutBy === 'jail' ? { kind: 'jail', jail: jail.trim() } : { kind: 'firewall' },
  }
}

/** Whether anybody on the way could change what is fetched from there. */
export function isHttp(url: string): boolean {
  return /^\s*http:/i.test(url)
}

/** A name for what is fetched from there: the file's without its ending, else the host's. Empty for what is no address. */
export function nameFrom(url: string): string {
  const match = /^https?:\/\/([^/\s:?#]+)[^/\s?#]*([^\s?#]*)/i.exec(url.trim())
  const file =
    match?.[2]
      ?.split('/')
      .at(-1)
      ?.replace(/(\.\w{1,8})+$/, '') ?? ''
  return /\p{L}{3}/u.test(file) ? file : (match?.[1] ?? '')
}

export type UrlFault = 'none' | 'notWeb' | 'http'

/** What is wrong with an address of a list; `null` for nothing. */
export function urlFault(url: string, allowHttp: boolean): UrlFault | null {
  if (url.trim() === '') return 'none'
  if (!/^https?:\/\/[^/\s]/i.test(url.trim())) return 'notWeb'
  return isHttp(url) && !allowHttp ? 'http' : null
}

/** Whether a jail may be called that. */
export function isListJail(name: string): boolean {
  const text = name.trim()
  return text.length <= JAIL_CHARACTERS && /^bangui-[a-z0-9_-]+$/i.test(text)
}
