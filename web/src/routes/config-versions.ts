import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { appRoute } from './app'

export type VersionsSearch = {
  /** The two states that are compared; the second is what is there now when left out. */
  from?: number
  to?: number
}

const number = (value: unknown) => (Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined)

export const configVersionsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/config/versions',
  validateSearch: (raw: Record<string, unknown>): VersionsSearch => ({ from: number(raw.from), to: number(raw.to) }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/config/versions/VersionsPage'), 'config'),
    'VersionsPage',
  ),
})
