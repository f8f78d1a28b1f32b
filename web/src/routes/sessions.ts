import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from './app'

export const sessionsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/sessions',
  component: lazyRouteComponent(() => import('@/features/sessions/SessionsPage'), 'SessionsPage'),
})
