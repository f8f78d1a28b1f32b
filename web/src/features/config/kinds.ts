import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Tone } from '@/components/Badge'
import type { BadgeWord, ItemKind } from './types'

export type ListedKind = Exclude<ItemKind, 'server'>

export const ITEM_ROUTES = {
  jail: '/config/jails/$name',
  filter: '/config/filters/$name',
  action: '/config/actions/$name',
} as const

/** The part of an address of the API, and of the page, that names a kind. */
export const PATH_PARTS = { jail: 'jails', filter: 'filters', action: 'actions', server: 'server' } as const

export const KIND_WORDS: Record<ItemKind, MessageDescriptor> = {
  jail: msg`Jail`,
  filter: msg`Filter`,
  action: msg`Action`,
  server: msg`Server`,
}

export const BADGES: Record<BadgeWord, { word: MessageDescriptor; tone: Tone; means: MessageDescriptor }> = {
  active: { word: msg`active`, tone: 'good', means: msg`An enabled jail, or used by one.` },
  inactive: { word: msg`inactive`, tone: 'neutral', means: msg`Not enabled, or used by no enabled jail.` },
  changed: { word: msg`changed`, tone: 'accent', means: msg`A .local file or a drop-in changes what was shipped.` },
  own: { word: msg`own`, tone: 'accent', means: msg`Only there because a .local file made it.` },
  broken: { word: msg`broken`, tone: 'danger', means: msg`fail2ban cannot load it.` },
  editedOutside: {
    word: msg`edited outside`,
    tone: 'warning',
    means: msg`Something else than BanGUI changed its files since the last version.`,
  },
}
