import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '@/api/client'
import { firewallQuery, hitsQuery } from './queries'

type HitsSeen = {
  hits: Schemas['BlocklistHits'] | undefined
  /** Whether there is a firewall that could count: `undefined` until that is known. */
  counts: boolean | undefined
  error: unknown
  retry: () => void
}

/** How often something was blocked; asked only where there is a firewall that counts. */
export function useHits(): HitsSeen {
  const standing = useQuery(firewallQuery).data
  const counts = standing ? Boolean(standing.table) : undefined
  const { data, error, refetch } = useQuery({ ...hitsQuery, enabled: counts === true })
  return { hits: data, counts, error: data ? null : error, retry: () => void refetch() }
}
