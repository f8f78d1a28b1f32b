import { api, body, LOCAL_HOST } from '@/api/client'
import { PATH_PARTS } from './kinds'
import type { ApplyOrder, Change, ItemKind } from './types'

const host = { host: LOCAL_HOST }
const onHost = { params: { path: host } }
const BASE = '/api/v1/hosts/{host}/config'

export async function readItems(signal: AbortSignal) {
  return body(await api.GET(`${BASE}/items`, { ...onHost, signal }))
}

export async function readItem(kind: ItemKind, name: string, signal: AbortSignal) {
  const params = { path: { ...host, kind: PATH_PARTS[kind], name } }
  return body(await api.GET(`${BASE}/items/{kind}/{name}`, { params, signal }))
}

export async function readOptions(signal: AbortSignal) {
  return body(await api.GET(`${BASE}/options`, { ...onHost, signal })).items
}

export async function readFile(path: string, signal: AbortSignal) {
  return body(await api.GET(`${BASE}/file`, { params: { path: host, query: { path } }, signal }))
}

export async function readState(signal: AbortSignal) {
  return body(await api.GET(`${BASE}/state`, { ...onHost, signal }))
}

const PAGE_SIZE = 50

export async function readVersions(before: number | undefined, signal: AbortSignal) {
  const params = { path: host, query: { before, limit: PAGE_SIZE } }
  return body(await api.GET(`${BASE}/versions`, { params, signal }))
}

export async function readDiff(from: number, to: number | 'now', signal: AbortSignal) {
  const params = { path: host, query: { from: String(from), to: String(to) } }
  return body(await api.GET(`${BASE}/diff`, { params, signal })).files
}

/** What the changes would do. Writes nothing. */
export async function makePlan(changes: readonly Change[], signal?: AbortSignal) {
  return body(await api.POST(`${BASE}/plan`, { ...onHost, body: { changes: [...changes] }, signal }))
}

/** Answers when all steps are done, or undone. */
export async function applyPlan(order: ApplyOrder) {
  return body(await api.POST(`${BASE}/apply`, { ...onHost, body: order }))
}

export async function confirmVersion(version: number) {
  return body(await api.POST(`${BASE}/confirm`, { ...onHost, body: { version } }))
}

export async function revertVersion(version: number) {
  return body(await api.POST(`${BASE}/revert`, { ...onHost, body: { version } }))
}

/** Keeps what something else has changed as a version. */
export async function adoptOutside() {
  return body(await api.POST(`${BASE}/adopt`, { ...onHost, body: {} }))
}

/** Proves who is there, for changes that run commands as root; good for 10 minutes. */
export async function checkPassword(password: string): Promise<void> {
  await api.POST('/api/v1/session/password-check', { body: { password } })
}

/** Where the browser finds the archive of all files. */
export function archiveHref(masked: boolean): string {
  return new URL(`api/v1/hosts/${LOCAL_HOST}/config/archive?masked=${masked}`, document.baseURI).href
}
