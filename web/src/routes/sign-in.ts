import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { safeReturnPath } from '@/lib/return-path'
import { rootRoute } from './root'

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { to?: string } => {
    const to = safeReturnPath(raw.to)
    return { to: to === '/' ? undefined : to }
  },
  component: lazyRouteComponent(
    withTexts(() => import('@/features/sign-in/SignInPage'), 'sign-in'),
    'SignInPage',
  ),
})
