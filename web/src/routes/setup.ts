import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { rootRoute } from './root'

export const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(
    withTexts(() => import('@/features/setup/SetupPage'), 'setup', 'account', 'settings'),
    'SetupPage',
  ),
})
