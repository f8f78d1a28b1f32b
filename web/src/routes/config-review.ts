import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { appRoute } from './app'

export const configReviewRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/config/review',
  component: lazyRouteComponent(
    withTexts(() => import('@/features/config/review/ReviewPage'), 'config'),
    'ReviewPage',
  ),
})
