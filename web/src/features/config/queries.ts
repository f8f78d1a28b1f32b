import { queryOptions } from '@tanstack/react-query'
import { LOCAL_HOST } from '@/api/client'
import { makePlan, readDiff, readFile, readItem, readItems, readOptions, readState, readVersions } from './requests'
import type { Change, ItemKind, VersionPage } from './types'

const ROOT = ['host', LOCAL_HOST, 'config'] as const

/** Keys of the configuration. After a change has been applied all of it is asked again; only the descriptions never change. */
export const configKeys = {
  all: ROOT,
  state: [...ROOT, 'state'] as const,
  items: [...ROOT, 'items'] as const,
  versions: [...ROOT, 'versions'] as const,
  plan: [...ROOT, 'plan'] as const,
}

/** Files change seldom, and not only here: what is shown is asked for again when one comes back to the tab, and now and then. */
const FILES_POLL_MS = 30_000
const slowly = { refetchInterval: FILES_POLL_MS, refetchIntervalInBackground: false, staleTime: 5_000 } as const

export const itemsQuery = queryOptions({
  queryKey: configKeys.items,
  queryFn: ({ signal }) => readItems(signal),
  ...slowly,
})

export const itemQuery = (kind: ItemKind, name: string) =>
  queryOptions({
    queryKey: [...configKeys.items, kind, name],
    queryFn: ({ signal }) => readItem(kind, name, signal),
    ...slowly,
  })

export const optionsQuery = queryOptions({
  queryKey: ['host', LOCAL_HOST, 'config-options'],
  queryFn: ({ signal }) => readOptions(signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export const fileQuery = (path: string) =>
  queryOptions({
    queryKey: [...ROOT, 'file', path],
    queryFn: ({ signal }) => readFile(path, signal),
    ...slowly,
  })

/** How often to ask what is going on: quickly while something is, seldom otherwise. */
const IDLE_POLL_MS = 10_000
const BUSY_POLL_MS = 1_000
export const APPLY_POLL_MS = 300

export const stateQuery = queryOptions({
  queryKey: configKeys.state,
  queryFn: ({ signal }) => readState(signal),
  refetchInterval: ({ state: { data } }) => (data?.applying || data?.pending ? BUSY_POLL_MS : IDLE_POLL_MS),
  refetchIntervalInBackground: false,
  staleTime: BUSY_POLL_MS / 2,
})

/** A plan holds for the files as they are; asked anew, it is made anew. */
export const planQuery = (changes: readonly Change[]) =>
  queryOptions({
    queryKey: [...configKeys.plan, changes],
    queryFn: ({ signal }) => makePlan(changes, signal),
    enabled: changes.length > 0,
    staleTime: 10_000,
    gcTime: 60_000,
    retry: false,
  })

export const versionsQuery = {
  queryKey: configKeys.versions,
  queryFn: ({ pageParam, signal }: { pageParam: number | undefined; signal: AbortSignal }) =>
    readVersions(pageParam, signal),
  initialPageParam: undefined as number | undefined,
  getNextPageParam: (page: VersionPage) => page.next ?? undefined,
  staleTime: 0,
}

export const diffQuery = (from: number, to: number | 'now') =>
  queryOptions({
    queryKey: [...configKeys.versions, 'diff', from, to],
    queryFn: ({ signal }) => readDiff(from, to, signal),
  })
