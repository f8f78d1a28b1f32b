import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { oneOf, text } from '@/lib/search'
import { appRoute } from './app'

export const JAIL_SORTS = ['name', 'state', 'currentlyFailed', 'totalFailed', 'currentlyBanned', 'totalBanned'] as const

export type JailSort = (typeof JAIL_SORTS)[number]
export type JailsSearch = { search?: string; sort?: JailSort; order?: 'asc' | 'desc' }

export const jailsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/jails',
  validateSearch: (raw: Record<string, unknown>): JailsSearch => ({
    search: text(raw.search),
    sort: oneOf(raw.sort, JAIL_SORTS),
    order: oneOf(raw.order, ['asc', 'desc']),
  }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/jails/JailsPage'), 'jails'),
    'JailsPage',
  ),
})
