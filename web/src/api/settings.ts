import { queryOptions } from '@tanstack/react-query'
import { api, body } from './client'
import { keys } from './queries'

export const settingsQuery = queryOptions({
  queryKey: keys.settings,
  queryFn: async ({ signal }) => body(await api.GET('/api/v1/settings', { signal })),
})
