import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { appRoute } from './app'

export const sessionsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/sessions',
  component: lazyRouteComponent(
    withTexts(() => import('@/features/sessions/SessionsPage'), 'sessions', 'account'),
    'SessionsPage',
  ),
})
