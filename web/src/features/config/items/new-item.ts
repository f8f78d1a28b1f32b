import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { ListedKind } from '../kinds'
import type { ItemSummary } from '../types'

const RESERVED = ['default', 'includes', 'definition', 'init']

/** Why a name cannot be that of a new item. */
export function nameFault(name: string, kind: ListedKind, items: readonly ItemSummary[]): MessageDescriptor | null {
  if (name === '') return msg`A name is needed.`
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u.test(name)) return msg`Only letters, digits and . - _`
  if (RESERVED.includes(name.toLowerCase())) return msg`This name has a meaning of its own in these files.`
  if (items.some((item) => item.id.kind === kind && item.id.name === name))
    return msg`There is one of this name already.`
  return null
}

/** What a new file begins with. */
export const TEMPLATES: Record<Exclude<ListedKind, 'jail'>, string> = {
  filter:
    '[INCLUDES]\nbefore = common.conf\n\n[Definition]\nfailregex = ^%(__prefix_line)sfailed login from <HOST>\\s*$\nignoreregex =\n',
  action: '[Definition]\nactionstart =\nactionstop =\nactioncheck =\nactionban =\nactionunban =\n\n[Init]\n',
}
