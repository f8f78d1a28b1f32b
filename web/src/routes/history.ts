import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { type HistorySearch, readHistorySearch } from '@/features/filters/search'
import { withTexts } from '@/i18n/i18n'
import { oneOf } from '@/lib/search'
import { appRoute } from './app'

export type HistoryPageSearch = HistorySearch & {
  /** Newest first when left out. */
  order?: 'asc'
}

export const historyRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/history',
  validateSearch: (raw: Record<string, unknown>): HistoryPageSearch => ({
    ...readHistorySearch(raw),
    order: oneOf(raw.order, ['asc']),
  }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/history/HistoryPage'), 'history', 'filters'),
    'HistoryPage',
  ),
})
