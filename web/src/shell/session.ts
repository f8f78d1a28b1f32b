import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'
import { api, body, type Schemas } from '@/api/client'
import { sessionQuery } from '@/api/queries'

type Role = Schemas['Role']
const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }

/** Who is signed in. Only for what is drawn inside the shell, where somebody is. */
export function useSession(): Schemas['CurrentSession'] | undefined {
  // The route guard has loaded it; asking again on every mount would be for nothing.
  return useQuery({ ...sessionQuery, enabled: false }).data
}

/** Whether the person's role reaches a role. The server decides; this only spares buttons that would be refused. */
export function useRank(): (role: Role) => boolean {
  const session = useSession()
  const rank = session ? RANK[session.user.role] : -1
  return useCallback((role) => rank >= RANK[role], [rank])
}

/** Whether the person's role reaches this one. */
export function useMay(role: Role): boolean {
  return useRank()(role)
}

/** Ends this session, or all of them, and goes to the sign-in. */
export function useSignOut(): (everywhere?: boolean) => Promise<void> {
  const queryClient = useQueryClient()
  const router = useRouter()
  return async (everywhere = false) => {
    // What still waits for an undo was promised, and nobody could send it afterwards.
    // Where its code was never loaded, nothing waits.
    const unbans = await import('@/features/bans/pending-unbans').catch(() => null)
    await unbans?.flushUnbans()
    if (everywhere) {
      body(await api.DELETE('/api/v1/sessions', { params: { query: { keepCurrent: false } } }))
    } else {
      await api.DELETE('/api/v1/session')
    }
    // The next person at this browser must not see what this one has loaded.
    queryClient.removeQueries({ queryKey: sessionQuery.queryKey })
    await router.navigate({ to: '/sign-in', search: {} })
    queryClient.clear()
  }
}
