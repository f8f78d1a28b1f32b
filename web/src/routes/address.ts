import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { appRoute } from './app'

export const addressRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/address/$subject',
  component: lazyRouteComponent(
    withTexts(() => import('@/features/address/AddressPage'), 'address', 'history', 'filters', 'bans'),
    'AddressPage',
  ),
})
