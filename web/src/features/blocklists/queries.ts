import { queryOptions } from '@tanstack/react-query'
import { api, body, type Schemas } from '@/api/client'
import { keys } from '@/api/queries'

const at = (id: number) => ({ params: { path: { id } } })

/** Lists that are well known; none is used until somebody adds it. */
export const catalogueQuery = queryOptions({
  queryKey: [...keys.blocklists, 'catalogue'],
  queryFn: async ({ signal }) => body(await api.GET('/api/v1/blocklists/catalogue', { signal })),
  retry: false,
})

/** The import log of a list. It is asked for again whenever a run has come to an end. */
export function runsQuery(id: number, lastRun: string | undefined) {
  return queryOptions({
    queryKey: [...keys.blocklists, 'runs', id, lastRun],
    queryFn: async ({ signal }) => body(await api.GET('/api/v1/blocklists/{id}/runs', { ...at(id), signal })),
    placeholderData: (before) => before,
  })
}

export async function previewList(url: string, allowHttp: boolean): Promise<Schemas['BlocklistPreview']> {
  return body(await api.POST('/api/v1/blocklists/preview', { body: { url, allowHttp } }))
}

export async function saveList(id: number | null, wanted: Schemas['BlocklistRequest']): Promise<Schemas['Blocklist']> {
  return body(
    id === null
      ? await api.POST('/api/v1/blocklists', { body: wanted })
      : await api.PUT('/api/v1/blocklists/{id}', { ...at(id), body: wanted }),
  )
}

export async function importList(id: number): Promise<void> {
  await api.POST('/api/v1/blocklists/{id}/import', { ...at(id), body: {} })
}

export async function acceptCopy(id: number, copy: number): Promise<void> {
  await api.POST('/api/v1/blocklists/{id}/waiting/accept', { ...at(id), body: { copy } })
}

export async function refuseCopy(id: number, copy: number): Promise<void> {
  await api.POST('/api/v1/blocklists/{id}/waiting/refuse', { ...at(id), body: { copy } })
}

export async function deleteList(id: number): Promise<void> {
  await api.DELETE('/api/v1/blocklists/{id}', at(id))
}
