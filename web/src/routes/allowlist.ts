import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { text } from '@/lib/search'
import { appRoute } from './app'

export type AllowlistSearch = { search?: string }

export const allowlistRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/allowlist',
  validateSearch: (raw: Record<string, unknown>): AllowlistSearch => ({ search: text(raw.search) }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/allowlist/AllowlistPage'), 'allowlist', 'blocking'),
    'AllowlistPage',
  ),
})
