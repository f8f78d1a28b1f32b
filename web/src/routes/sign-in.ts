import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { safeReturnPath } from '@/lib/return-path'
import { rootRoute } from './root'

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { to?: string } => {
    const to = safeReturnPath(raw.to)
    return { to: to === '/' ? undefined : to }
  },
  component: lazyRouteComponent(() => import('@/features/sign-in/SignInPage'), 'SignInPage'),
})
