import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { appRoute } from './app'

export const firewallRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/firewall',
  component: lazyRouteComponent(
    withTexts(() => import('@/features/firewall/FirewallPage'), 'firewall', 'blocking'),
    'FirewallPage',
  ),
})
