import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { text, timestamp } from '@/lib/search'
import { appRoute } from './app'

export const OUTCOMES = ['success', 'partial', 'refused', 'failed'] as const
export type Outcome = (typeof OUTCOMES)[number]

export type AuditSearch = { user?: string; action?: string; outcome?: Outcome; from?: string; until?: string }

export const auditRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/audit',
  validateSearch: (raw: Record<string, unknown>): AuditSearch => ({
    user: text(raw.user, 64),
    action: text(raw.action, 64),
    outcome: OUTCOMES.find((outcome) => outcome === raw.outcome),
    from: timestamp(raw.from),
    until: timestamp(raw.until),
  }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/audit/AuditPage'), 'audit'),
    'AuditPage',
  ),
})
