import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readStatsSearch, type StatsSearch } from '@/features/filters/search'
import { oneOf } from '@/lib/search'
import { appRoute } from './app'

export type OverviewSearch = StatsSearch & {
  /** How bans over time are shown; as a chart when left out. */
  view?: 'table'
}

export const overviewRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  validateSearch: (raw: Record<string, unknown>): OverviewSearch => ({
    ...readStatsSearch(raw),
    view: oneOf(raw.view, ['table']),
  }),
  component: lazyRouteComponent(() => import('@/features/overview/OverviewPage'), 'OverviewPage'),
})
