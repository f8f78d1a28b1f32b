import { useQuery } from '@tanstack/react-query'
import { api, body, LOCAL_HOST, type Schemas } from '@/api/client'
import { isNetwork } from '../ban-words'

/** The most that can be looked at together. */
const MOST = 20

export type Cover = Schemas['BanPreviewNetwork']

/** What is worth a look: networks, and one address that stands alone. */
export function worthALook(targets: readonly string[]): string[] {
  if (targets.length === 1) return [...targets]
  return targets.filter(isNetwork).slice(0, MOST)
}

/** Asks what networks cover. The targets come from the check, which waits for a pause in typing. */
export function usePreview(targets: readonly string[]) {
  const wanted = worthALook(targets)
  return useQuery<Schemas['BanPreview']>({
    queryKey: ['ban-preview', wanted],
    enabled: wanted.length > 0,
    staleTime: 30_000,
    gcTime: 60_000,
    retry: false,
    placeholderData: (before) => (wanted.length > 0 ? before : undefined),
    queryFn: async ({ signal }): Promise<Schemas['BanPreview']> =>
      body(
        await api.POST('/api/v1/hosts/{host}/bans/preview', {
          params: { path: { host: LOCAL_HOST } },
          body: { targets: wanted },
          signal,
        }),
      ),
  })
}
