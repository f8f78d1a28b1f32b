import { useSyncExternalStore } from 'react'

/** What the dialog starts with. */
export type BanDraft = { text: string; jail?: string }

let draft: BanDraft | null = null
const listeners = new Set<() => void>()

function set(next: BanDraft | null): void {
  draft = next
  for (const listener of listeners) listener()
}

/** Opens the ban dialog over whatever page is shown. */
export function openBanDialog(from: Partial<BanDraft> = {}): void {
  set({ text: from.text ?? '', jail: from.jail })
}

export function closeBanDialog(): void {
  set(null)
}

export function useBanDraft(): BanDraft | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => draft,
  )
}
