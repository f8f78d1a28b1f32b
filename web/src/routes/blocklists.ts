import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { oneOf } from '@/lib/search'
import { appRoute } from './app'

export const BLOCKLIST_SORTS = ['name', 'networks', 'blocked', 'last'] as const
export type BlocklistSort = (typeof BLOCKLIST_SORTS)[number]

export type BlocklistsSearch = {
  /** The part that is shown; the sources when left out. */
  tab?: 'hits' | 'overlaps'
  sort?: BlocklistSort
  order?: 'asc' | 'desc'
}

export const blocklistsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/blocklists',
  validateSearch: (raw: Record<string, unknown>): BlocklistsSearch => ({
    tab: oneOf(raw.tab, ['hits', 'overlaps']),
    sort: oneOf(raw.sort, BLOCKLIST_SORTS),
    order: oneOf(raw.order, ['asc', 'desc']),
  }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/blocklists/BlocklistsPage'), 'blocklists', 'blocking'),
    'BlocklistsPage',
  ),
})

export const blocklistRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/blocklists/$id',
  component: lazyRouteComponent(
    withTexts(() => import('@/features/blocklists/BlocklistPage'), 'blocklists', 'blocking'),
    'BlocklistPage',
  ),
})
