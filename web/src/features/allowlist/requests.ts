import { api, body, type Schemas } from '@/api/client'

export type AllowEntry = Schemas['AllowEntry']

const at = (id: number) => ({ params: { path: { id } } })

/** Puts somebody on the allowlist. What was done for it at once comes with the answer. */
export async function allow(wanted: Schemas['AllowRequest']): Promise<Schemas['AllowedBody']> {
  return body(await api.POST('/api/v1/allowlist', { body: wanted }))
}

export async function changeAllowed(id: number, wanted: Schemas['ChangeAllowedRequest']): Promise<AllowEntry> {
  return body(await api.PUT('/api/v1/allowlist/{id}', { ...at(id), body: wanted }))
}

export async function removeAllowed(id: number): Promise<void> {
  await api.DELETE('/api/v1/allowlist/{id}', at(id))
}
