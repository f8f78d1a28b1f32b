import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { useSession } from '@/shell/session'
import type { Change } from '../types'
import { changesOf, type Edit, keyOf, readEdits, withChange, without } from './edits'

// Kept by the tab, so that a reload loses nothing, and under the name of the person, so that the next one at this browser gets nothing of it.
const KEY = 'bangui.config-tray'
const NONE: readonly Edit[] = []
const listeners = new Set<() => void>()
const known = new Map<string, readonly Edit[]>()

function storageKey(user: string): string {
  return `${KEY}.${user}`
}

function read(user: string): readonly Edit[] {
  const found = known.get(user)
  if (found) return found
  let edits: readonly Edit[] = NONE
  try {
    edits = readEdits(sessionStorage.getItem(storageKey(user)))
  } catch {
    // Storage is switched off: the tray lasts until the page is loaded anew.
  }
  known.set(user, edits)
  return edits
}

function write(user: string, edits: readonly Edit[]): void {
  known.set(user, edits)
  try {
    if (edits.length > 0) sessionStorage.setItem(storageKey(user), JSON.stringify(edits))
    else sessionStorage.removeItem(storageKey(user))
  } catch {
    // Switched off, or full: the edits stay in memory.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Forgets all trays in memory; for tests. */
export function forgetTrays(): void {
  known.clear()
}

export type Tray = {
  /** What waits to be reviewed, in the order in which it was made. */
  edits: readonly Edit[]
  /** The same as the API takes it. */
  changes: Change[]
  /** Adds a change; it takes the place of an earlier one about the same thing. `before` is the value that it replaces. */
  add: (change: Change, before?: string | null) => void
  /** Takes an edit out again, by its key or by a change about the same thing. */
  remove: (which: string | Change) => void
  discard: () => void
  /** The edit about the same thing as this change. */
  find: (change: Change) => Edit | undefined
}

/** The change tray: edits of several items that become one plan at `/config/review`. */
export function useTray(): Tray {
  const user = useSession()?.user.name ?? ''
  const edits = useSyncExternalStore(subscribe, () => read(user))
  const add = useCallback(
    (change: Change, before?: string | null) => write(user, withChange(read(user), change, before)),
    [user],
  )
  const remove = useCallback(
    (which: string | Change) => write(user, without(read(user), typeof which === 'string' ? which : keyOf(which))),
    [user],
  )
  const discard = useCallback(() => write(user, NONE), [user])
  return useMemo(
    () => ({
      edits,
      changes: changesOf(edits),
      add,
      remove,
      discard,
      find: (change) => edits.find((edit) => edit.key === keyOf(change)),
    }),
    [edits, add, remove, discard],
  )
}
