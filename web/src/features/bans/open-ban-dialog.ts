import { useSyncExternalStore } from 'react'

/** What the dialog starts with. */
export type BanDraft = {
  text: string
  jail?: string
  /** In a jail, or in BanGUI's own table; by what is to be banned when left out. */
  where?: 'jail' | 'own'
  /** Why; only bans without a jail have one. */
  reason?: string
}

let draft: BanDraft | null = null
const listeners = new Set<() => void>()

function set(next: BanDraft | null): void {
  draft = next
  for (const listener of listeners) listener()
}

/** Opens the ban dialog over whatever page is shown. */
export function openBanDialog(from: Partial<BanDraft> = {}): void {
  set({ ...from, text: from.text ?? '' })
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
