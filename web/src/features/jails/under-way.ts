import { useSyncExternalStore } from 'react'
import type { Verb } from './verbs'

export type Deed = { verb: Verb; jail: string }

let deeds: readonly Deed[] = []
const listeners = new Set<() => void>()

function set(next: readonly Deed[]): void {
  deeds = next
  for (const listener of listeners) listener()
}

/** Counts a deed as under way until its work is over, on whatever page one is by then. */
export async function underWay<T>(deed: Deed, work: Promise<T>): Promise<T> {
  set([...deeds, deed])
  try {
    return await work
  } finally {
    set(deeds.filter((one) => one !== deed))
  }
}

/** What is being done to jails at the moment, by this page. */
export function useUnderWay(): readonly Deed[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => deeds,
  )
}
