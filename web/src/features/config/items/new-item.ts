import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { visible } from '@/lib/hostile'
import type { ListedKind } from '../kinds'
import type { ItemSummary } from '../types'

/** What the server takes as a new name: `words.json` has its limits, and a test tells when these are others. */
type Limits = {
  form: RegExp
  hint: MessageDescriptor
  mostChars: number
  tooLong: MessageDescriptor
  reserved: readonly string[]
}

const SECTIONS = ['DEFAULT', 'INCLUDES', 'Definition', 'Init']
const FILE: Limits = {
  form: /^[\p{Alphabetic}\p{N}_][\p{Alphabetic}\p{N}._-]*$/u,
  hint: msg`Letters, digits, and inside it . - _`,
  mostChars: 100,
  tooLong: msg`At most 100 characters.`,
  reserved: SECTIONS,
}
export const LIMITS: Readonly<Record<ListedKind, Limits>> = {
  jail: {
    form: /^[a-z\d][a-z\d._-]*$/i,
    hint: msg`At most 25 characters: letters from a to z, digits, and behind the first . - _`,
    mostChars: 25,
    tooLong: msg`At most 25 characters: longer names do not fit into the firewall’s.`,
    reserved: [
      ...SECTIONS,
      'all',
      'allowipv6',
      'loglevel',
      'logtarget',
      'syslogsocket',
      'dbfile',
      'dbmaxmatches',
      'dbpurgeage',
      'thread',
    ],
  },
  filter: FILE,
  action: FILE,
}

/** How names of a kind are compared: jails without regard to the case of letters, files as the disk does. */
const folded = (kind: ListedKind, name: string) => (kind === 'jail' ? name.toLowerCase() : name)

/** Why a name cannot be that of a new item. */
export function nameFault(name: string, kind: ListedKind, items: readonly ItemSummary[]): MessageDescriptor | null {
  const limits = LIMITS[kind]
  const same = (other: string) => folded(kind, other) === folded(kind, name)
  if (name === '') return msg`A name is needed.`
  if (!limits.form.test(name)) return misformed(name, kind)
  if ([...name].length > limits.mostChars) return limits.tooLong
  if (limits.reserved.some(same)) return msg`This name has a meaning of its own for fail2ban.`
  const taken = items.find((item) => item.id.kind === kind && same(item.id.name))?.id.name
  if (taken === name) return msg`There is one of this name already.`
  if (taken) return msg`There is one already whose name differs only in the case of letters.`
  return null
}

/** Which sign is wrong, where one is; else it is the place of the first. */
function misformed(name: string, kind: ListedKind): MessageDescriptor {
  const wrong = [...name].find((sign) => !'.-_'.includes(sign) && !LIMITS[kind].form.test(sign))
  if (wrong === ' ') return msg`No spaces in it.`
  if (wrong !== undefined) {
    const sign = visible(wrong)
    return msg`It cannot have ${sign} in it.`
  }
  return kind === 'jail' ? msg`A letter or a digit has to be first.` : msg`A letter, a digit or _ has to be first.`
}

/** What a new file begins with. */
export const TEMPLATES: Record<Exclude<ListedKind, 'jail'>, string> = {
  filter:
    '[INCLUDES]\nbefore = common.conf\n\n[Definition]\nfailregex = ^%(__prefix_line)sfailed login from <HOST>\\s*$\nignoreregex =\n',
  action: '[Definition]\nactionstart =\nactionstop =\nactioncheck =\nactionban =\nactionunban =\n\n[Init]\n',
}
