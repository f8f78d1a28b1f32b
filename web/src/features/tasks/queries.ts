import { queryOptions } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import { keys, polling } from '@/api/queries'

export const tasksQuery = queryOptions({
  queryKey: keys.tasks,
  queryFn: async ({ signal }) => body(await api.GET('/api/v1/tasks', { signal })),
  ...polling,
})
