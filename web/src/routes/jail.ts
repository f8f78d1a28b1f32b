import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { oneOf, text } from '@/lib/search'
import { appRoute } from './app'

export const JAIL_TABS = ['banned', 'settings', 'sources', 'regexes', 'actions', 'ignored'] as const
export type JailTab = (typeof JAIL_TABS)[number]

export const JAIL_BAN_SORTS = ['bannedAt', 'expiresAt', 'subject'] as const

export type JailSearch = {
  /** The tab; the banned addresses when left out. */
  tab?: JailTab
  search?: string
  family?: 'v4' | 'v6'
  sort?: (typeof JAIL_BAN_SORTS)[number]
  order?: 'asc' | 'desc'
  /** Shows the regexes as fail2ban runs them, with nothing folded. */
  full?: true
}

export const jailRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/jails/$jail',
  validateSearch: (raw: Record<string, unknown>): JailSearch => ({
    tab: oneOf(raw.tab, JAIL_TABS),
    search: text(raw.search),
    family: oneOf(raw.family, ['v4', 'v6']),
    sort: oneOf(raw.sort, JAIL_BAN_SORTS),
    order: oneOf(raw.order, ['asc', 'desc']),
    full: raw.full === true ? true : undefined,
  }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/jails/JailPage'), 'jails', 'bans', 'health'),
    'JailPage',
  ),
})
