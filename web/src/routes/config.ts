import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { oneOf, text } from '@/lib/search'
import { appRoute } from './app'

export const CONFIG_KINDS = ['jail', 'filter', 'action'] as const
export const CONFIG_BADGES = ['active', 'inactive', 'changed', 'own', 'broken', 'editedOutside'] as const

export type ConfigSearch = {
  /** What is listed; the jails when left out. */
  kind?: (typeof CONFIG_KINDS)[number]
  search?: string
  badge?: (typeof CONFIG_BADGES)[number]
}

export const configRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/config',
  validateSearch: (raw: Record<string, unknown>): ConfigSearch => ({
    kind: oneOf(raw.kind, CONFIG_KINDS),
    search: text(raw.search),
    badge: oneOf(raw.badge, CONFIG_BADGES),
  }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/config/items/ItemsPage'), 'config'),
    'ItemsPage',
  ),
})
