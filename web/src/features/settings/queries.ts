import { queryOptions } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import { keys } from '@/api/queries'

/** How much of the past is kept. */
export const historySizeQuery = queryOptions({
  queryKey: [...keys.history, 'size'],
  queryFn: async ({ signal }) => body(await api.GET('/api/v1/history/size', { signal })),
})

/** Where countries and networks come from. */
export const geoQuery = queryOptions({
  queryKey: keys.geo,
  queryFn: async ({ signal }) => body(await api.GET('/api/v1/geo', { signal })),
})
