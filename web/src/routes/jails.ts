import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from './app'

export const jailsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/jails',
  component: lazyRouteComponent(() => import('@/features/jails/JailsPage'), 'JailsPage'),
})
