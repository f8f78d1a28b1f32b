import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { appRoute } from './app'

export const settingsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings',
  component: lazyRouteComponent(
    withTexts(() => import('@/features/settings/SettingsPage'), 'settings'),
    'SettingsPage',
  ),
})
