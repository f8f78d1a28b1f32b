import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from './app'

export type BansSearch = { search?: string }

export const bansRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/bans',
  validateSearch: (raw: Record<string, unknown>): BansSearch => ({
    search: typeof raw.search === 'string' && raw.search !== '' ? raw.search.slice(0, 200) : undefined,
  }),
  component: lazyRouteComponent(() => import('@/features/bans/BansPage'), 'BansPage'),
})
