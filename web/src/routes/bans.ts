import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { oneOf, text, texts } from '@/lib/search'
import { appRoute } from './app'

export const BAN_SORTS = ['bannedAt', 'expiresAt', 'subject', 'jail'] as const

export type BansSearch = {
  search?: string
  jail?: string[]
  family?: 'v4' | 'v6'
  sort?: (typeof BAN_SORTS)[number]
  order?: 'asc' | 'desc'
  /** Of the bans without a jail: all of them instead of the newest few, or those that are over. */
  own?: 'all' | 'over'
  /** Opens the ban dialog with this text, once. */
  ban?: string
}

export const bansRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/bans',
  validateSearch: (raw: Record<string, unknown>): BansSearch => ({
    search: text(raw.search),
    jail: texts(raw.jail),
    family: oneOf(raw.family, ['v4', 'v6']),
    sort: oneOf(raw.sort, BAN_SORTS),
    order: oneOf(raw.order, ['asc', 'desc']),
    own: oneOf(raw.own, ['all', 'over']),
    ban: text(raw.ban, 10_000),
  }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/bans/BansPage'), 'bans', 'blocking'),
    'BansPage',
  ),
})
