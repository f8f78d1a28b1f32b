import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { oneOf } from '@/lib/search'
import { appRoute } from './app'

export type AddressSearch = {
  /** Of the timeline; newest first when left out. */
  order?: 'asc'
}

export const addressRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/address/$subject',
  validateSearch: (raw: Record<string, unknown>): AddressSearch => ({ order: oneOf(raw.order, ['asc']) }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/address/AddressPage'), 'address', 'history', 'filters', 'bans', 'blocking'),
    'AddressPage',
  ),
})
