import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { oneOf, text } from '@/lib/search'
import { appRoute } from './app'

/** From the least grave on; a level stands for itself and all graver ones. */
export const LOG_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical'] as const

export type LogSearch = {
  level?: (typeof LOG_LEVELS)[number]
  /** Only lines with this text. */
  text?: string
}

export const logRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/log',
  validateSearch: (raw: Record<string, unknown>): LogSearch => ({
    level: oneOf(raw.level, LOG_LEVELS),
    text: text(raw.text),
  }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/log/LogPage'), 'log', 'config'),
    'LogPage',
  ),
})
