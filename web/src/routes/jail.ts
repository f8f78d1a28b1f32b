import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from './app'

export const jailRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/jails/$jail',
  component: lazyRouteComponent(() => import('@/features/jails/JailPage'), 'JailPage'),
})
