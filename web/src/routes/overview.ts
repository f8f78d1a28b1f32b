import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readStatsSearch } from '@/features/filters/search'
import { appRoute } from './app'

export const overviewRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  validateSearch: readStatsSearch,
  component: lazyRouteComponent(() => import('@/features/overview/OverviewPage'), 'OverviewPage'),
})
