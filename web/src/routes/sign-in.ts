import { createRoute } from '@tanstack/react-router'
import { SignInPage } from '@/features/sign-in/SignInPage'
import { safeReturnPath } from '@/lib/return-path'
import { rootRoute } from './root'

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { to?: string } => {
    const to = safeReturnPath(raw.to)
    return { to: to === '/' ? undefined : to }
  },
  // Part of the entry, not lazy: a first visit shows it, and then another page.
  component: SignInPage,
})
