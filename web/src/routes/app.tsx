import { createRoute, redirect } from '@tanstack/react-router'
import { ApiProblem } from '@/api/client'
import { sessionQuery } from '@/api/queries'
import { Shell } from '@/shell/Shell'
import { rootRoute } from './root'

/** Everything behind the sign-in: asks who is there, and sends away who must sign in or set up first. */
export const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: async ({ context: { queryClient }, location }) => {
    try {
      const session = await queryClient.ensureQueryData({ ...sessionQuery, revalidateIfStale: true })
      return { session }
    } catch (error) {
      const problem = ApiProblem.from(error)
      if (problem.code === 'setup-required') throw redirect({ to: '/setup', replace: true })
      if (problem.status !== 401) throw problem
      const to = location.href === '/' ? undefined : location.href
      throw redirect({ to: '/sign-in', search: { to }, replace: true })
    }
  },
  component: Shell,
})
