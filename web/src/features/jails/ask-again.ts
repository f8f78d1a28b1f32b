import type { QueryClient } from '@tanstack/react-query'
import { keys } from '@/api/queries'

/** What the daemon says now, before anybody is told that something was done. */
export async function askAgain(queryClient: QueryClient): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: keys.jails }),
    queryClient.invalidateQueries({ queryKey: keys.status }),
    queryClient.invalidateQueries({ queryKey: keys.bans }),
  ])
}
