import { queryOptions } from '@tanstack/react-query'
import { api, body, LOCAL_HOST, type Schemas } from '@/api/client'
import { keys } from '@/api/queries'

export type Sample = Schemas['SampleBody']
export type SampleResult = Schemas['SampleResultBody']

const host = { host: LOCAL_HOST }

export function samplesQuery(filter: string) {
  return queryOptions({
    queryKey: [...keys.laboratory, 'samples', filter],
    queryFn: async ({ signal }) =>
      body(
        await api.GET('/api/v1/hosts/{host}/laboratory/filters/{filter}/samples', {
          params: { path: { ...host, filter } },
          signal,
        }),
      ).items,
  })
}

export async function putSamples(filter: string, items: Sample[]): Promise<void> {
  await api.PUT('/api/v1/hosts/{host}/laboratory/filters/{filter}/samples', {
    params: { path: { ...host, filter } },
    body: { items },
  })
}

/** Runs the samples of a filter as it is, or with unsaved text of its .local. */
export async function runSamples(filter: string, text: string | null) {
  return body(
    await api.POST('/api/v1/hosts/{host}/laboratory/filters/{filter}/samples/run', {
      params: { path: { ...host, filter } },
      body: { text },
    }),
  )
}
