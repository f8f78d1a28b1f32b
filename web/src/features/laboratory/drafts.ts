import { useSyncExternalStore } from 'react'

/** What was typed here. It lives as long as the page: log lines belong neither into the URL nor onto the disk. */
export type Drafts = {
  lines: string
  failregex: string
  ignoreregex: string
  datepattern: string
  /** Unsaved text of a filter's .local, by the filter's name. */
  texts: Readonly<Record<string, string>>
}

const NONE: Drafts = { lines: '', failregex: '', ignoreregex: '', datepattern: '', texts: {} }

let drafts = NONE
const listeners = new Set<() => void>()

export function setDrafts(change: Partial<Drafts>): void {
  drafts = { ...drafts, ...change }
  for (const listener of listeners) listener()
}

export function setText(filter: string, text: string): void {
  setDrafts({ texts: { ...drafts.texts, [filter]: text } })
}

export function clearDrafts(): void {
  setDrafts(NONE)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useDrafts(): Drafts {
  return useSyncExternalStore(subscribe, () => drafts)
}
