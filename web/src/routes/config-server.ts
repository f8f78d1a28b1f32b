import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { text } from '@/lib/search'
import { appRoute } from './app'

export type ConfigServerSearch = {
  /** Finds options of the form. */
  find?: string
  /** Shows only the options that a file sets. */
  set?: true
}

export const configServerRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/config/server',
  validateSearch: (raw: Record<string, unknown>): ConfigServerSearch => ({
    find: text(raw.find),
    set: raw.set === true ? true : undefined,
  }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/server/ServerPage'), 'server', 'config', 'log'),
    'ServerPage',
  ),
})
