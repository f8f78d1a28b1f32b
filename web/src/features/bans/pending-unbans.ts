import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { ApiProblem } from '@/api/client'
import { keys } from '@/api/queries'
import { type ActiveBan, banKey, everywhereKey, targetKey, type UnbanTarget } from './ban-key'
import { startJob } from './jobs'
import {
  distinct,
  KEEPALIVE_BYTES,
  sendUnbans,
  sendUnbansLeaving,
  splitForKeepalive,
  stillBanned,
} from './unban-request'

/** How long one may change one's mind. */
export const UNDO_MS = 8_000

export type RowPhase =
  | { kind: 'waiting'; dueAt: number; batch: number }
  | { kind: 'sending' }
  /** It is banned still: `problem` when the whole request failed, `null` when the daemon goes on listing it. */
  | { kind: 'failed'; problem: ApiProblem | null }

export type Batch = { id: number; targets: readonly UnbanTarget[]; dueAt: number; phase: 'waiting' | 'sending' }

export type UnbanState = { batches: readonly Batch[]; phases: ReadonlyMap<string, RowPhase> }

/** What is told about a batch while it waits and when it is through; drawn by whoever shows toasts. */
export type UnbanNews =
  | { kind: 'waiting'; batch: Batch }
  | { kind: 'left' /* it waits no more */; id: number }
  | { kind: 'done'; unbanned: number; still: number; asked: number }
  | { kind: 'failed'; problem: ApiProblem; targets: readonly UnbanTarget[] }

let state: UnbanState = { batches: [], phases: new Map() }
let failures: ReadonlyMap<string, RowPhase> = new Map()
let nextId = 1
let client: QueryClient | null = null
let tell: (news: UnbanNews) => void = () => {}
const timers = new Map<number, ReturnType<typeof setTimeout>>()
const listeners = new Set<() => void>()

function set(batches: readonly Batch[]): void {
  const phases = new Map<string, RowPhase>(failures)
  for (const batch of batches) {
    const phase: RowPhase =
      batch.phase === 'waiting' ? { kind: 'waiting', dueAt: batch.dueAt, batch: batch.id } : { kind: 'sending' }
    for (const target of batch.targets) phases.set(targetKey(target), phase)
  }
  state = { batches, phases }
  watchLeaving(batches.length > 0)
  for (const listener of listeners) listener()
}

/** Ties the store to the page's cache and to its voice. Undoes it when called. */
export function connectUnbans(queryClient: QueryClient, listener: (news: UnbanNews) => void): () => void {
  client = queryClient
  tell = listener
  // What began to wait before anybody listened can be undone too.
  for (const batch of state.batches) if (batch.phase === 'waiting') tell({ kind: 'waiting', batch })
  return () => {
    if (tell !== listener) return
    tell = () => {}
    // The next person at this browser must not see what this one failed at.
    failures = new Map()
    set(state.batches)
  }
}

/** Unbans in eight seconds, unless it is undone. What waits already or is on its way is left out. Answers the batch that waits, if there is one. */
export function scheduleUnban(wanted: readonly UnbanTarget[]): number | undefined {
  const targets = distinct(wanted).filter((target) => {
    const phase = state.phases.get(targetKey(target))
    return phase === undefined || phase.kind === 'failed'
  })
  if (targets.length === 0) return undefined
  forget(targets)
  const batch: Batch = { id: nextId++, targets, dueAt: Date.now() + UNDO_MS, phase: 'waiting' }
  timers.set(
    batch.id,
    setTimeout(() => void sendBatch(batch.id), UNDO_MS),
  )
  set([...state.batches, batch])
  tell({ kind: 'waiting', batch })
  return batch.id
}

/** Unbans at once: it takes back what was just done, and needs no time to be thought over. */
export function unbanNow(wanted: readonly UnbanTarget[]): void {
  const id = scheduleUnban(wanted)
  if (id !== undefined) void sendBatch(id)
}

/** Takes back a whole batch, or one target of it. */
export function undoUnban(id: number, only?: UnbanTarget): void {
  const batch = state.batches.find((one) => one.id === id && one.phase === 'waiting')
  if (!batch) return
  const left = only ? batch.targets.filter((target) => targetKey(target) !== targetKey(only)) : []
  if (left.length === 0) {
    clearTimeout(timers.get(id))
    timers.delete(id)
    set(state.batches.filter((one) => one !== batch))
    tell({ kind: 'left', id })
  } else {
    const smaller = { ...batch, targets: left }
    set(state.batches.map((one) => (one === batch ? smaller : one)))
    tell({ kind: 'waiting', batch: smaller })
  }
}

/** Takes back the batch that was made last. */
export function undoLastUnban(): boolean {
  const last = state.batches.findLast((batch) => batch.phase === 'waiting')
  if (last) undoUnban(last.id)
  return last !== undefined
}

/** Sends now what waits. Resolves when the daemon has answered, or has refused. */
export async function flushUnbans(): Promise<void> {
  await Promise.all(state.batches.filter((batch) => batch.phase === 'waiting').map((batch) => sendBatch(batch.id)))
}

/** Sends one batch now. */
export async function sendBatch(id: number): Promise<void> {
  const batch = state.batches.find((one) => one.id === id && one.phase === 'waiting')
  if (!batch) return
  clearTimeout(timers.get(id))
  timers.delete(id)
  set(state.batches.map((one) => (one === batch ? { ...batch, phase: 'sending' } : one)))
  tell({ kind: 'left', id })
  try {
    const answer = await sendUnbans(batch.targets)
    if ('results' in answer) {
      const still = stillBanned(answer, batch.targets)
      fail(still, null)
      tell({ kind: 'done', unbanned: answer.unbanned, still: still.length, asked: batch.targets.length })
    } else {
      const job = await startJob(answer, 'unban')
      if (job.error) throw new ApiProblem(job.error.type.split('/').pop() ?? 'internal', job.error.status, job.error)
      tell({ kind: 'done', unbanned: job.unbanned ?? 0, still: 0, asked: job.done })
    }
  } catch (error) {
    const problem = ApiProblem.from(error)
    fail(batch.targets, problem)
    tell({ kind: 'failed', problem, targets: batch.targets })
  }
  // The rows stay struck through until the list says what is true now.
  await refresh()
  set(state.batches.filter((one) => one.id !== id))
}

async function refresh(): Promise<void> {
  await Promise.all([
    client?.invalidateQueries({ queryKey: keys.bans }),
    client?.invalidateQueries({ queryKey: keys.status }),
    client?.invalidateQueries({ queryKey: keys.jails }),
  ])
}

function fail(targets: readonly UnbanTarget[], problem: ApiProblem | null): void {
  if (targets.length === 0) return
  const next = new Map(failures)
  for (const target of targets) next.set(targetKey(target), { kind: 'failed', problem })
  failures = next
}

function forget(targets: readonly UnbanTarget[]): void {
  const next = new Map(failures)
  for (const target of targets) {
    next.delete(targetKey(target))
    next.delete(everywhereKey(target))
  }
  failures = next
}

/** Takes the mark off rows that an unban has failed for. */
export function dismissFailure(ban: ActiveBan): void {
  forget([ban])
  set(state.batches)
}

/** How a row stands: what was asked for it alone, else for its subject in all jails. */
export function phaseOf(phases: UnbanState['phases'], ban: ActiveBan): RowPhase | undefined {
  if (phases.size === 0) return undefined
  return phases.get(banKey(ban)) ?? phases.get(everywhereKey(ban))
}

export function useUnbans(): UnbanState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )
}

export function unbanState(): UnbanState {
  return state
}

// A promise was made: "unbanned in 8 s". Closing the page must not break it.

let watching = false

function watchLeaving(on: boolean): void {
  if (on === watching) return
  watching = on
  const change = on ? window.addEventListener : window.removeEventListener
  change('pagehide', onPageHide)
  change('beforeunload', onBeforeUnload as EventListener)
}

function leave(send: (batch: Batch) => void): void {
  const waiting = state.batches.filter((batch) => batch.phase === 'waiting')
  for (const batch of waiting) {
    clearTimeout(timers.get(batch.id))
    timers.delete(batch.id)
    send(batch)
    tell({ kind: 'left', id: batch.id })
  }
  set(state.batches.filter((batch) => !waiting.includes(batch)))
}

function onPageHide(): void {
  let budget = KEEPALIVE_BYTES
  leave((batch) => {
    const { first, bytes, rest } = splitForKeepalive(batch.targets, budget)
    budget -= bytes
    if (first.length > 0) sendUnbansLeaving(first, true)
    // More than the browser carries beyond the page: an ordinary request, which it may still cut off. See onBeforeUnload.
    if (rest.length > 0) sendUnbansLeaving(rest, false)
  })
}

/** Too many to be sent by a closing page: the browser asks first, and they are sent while it does. */
function onBeforeUnload(event: BeforeUnloadEvent): void {
  const waiting = state.batches.filter((batch) => batch.phase === 'waiting')
  const all = waiting.flatMap((batch) => batch.targets)
  const tooMany = splitForKeepalive(all).rest.length > 0
  if (tooMany) void flushUnbans()
  if (tooMany || state.batches.some((batch) => batch.phase === 'sending' && batch.targets.length > 100)) {
    event.preventDefault()
  }
}
