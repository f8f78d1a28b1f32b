import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
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
  component: lazyRouteComponent(() => import('@/features/jails/JailsPage'), 'JailsPage'),
})
