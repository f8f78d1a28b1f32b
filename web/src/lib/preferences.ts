import { useSyncExternalStore } from 'react'

/** What one person chose for this browser. Kept in local storage under one key, which theme-first.js reads too. */
export type Preferences = {
  theme: 'system' | 'light' | 'dark'
  density: 'comfortable' | 'compact'
  language: 'system' | 'en' | 'de'
}

const KEY = 'bangui.preferences'
const DEFAULTS: Preferences = { theme: 'system', density: 'comfortable', language: 'system' }
const listeners = new Set<() => void>()
let current = read()

function one<T extends string>(value: unknown, allowed: readonly T[], otherwise: T): T {
  return allowed.find((candidate) => candidate === value) ?? otherwise
}

function read(): Preferences {
  let kept: Record<string, unknown> = {}
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    if (typeof parsed === 'object' && parsed !== null) kept = parsed as Record<string, unknown>
  } catch {
    // Storage switched off or spoilt: the defaults serve.
  }
  return {
    theme: one(kept.theme, ['system', 'light', 'dark'], DEFAULTS.theme),
    density: one(kept.density, ['comfortable', 'compact'], DEFAULTS.density),
    language: one(kept.language, ['system', 'en', 'de'], DEFAULTS.language),
  }
}

function show(): void {
  document.documentElement.dataset.theme = current.theme
  document.documentElement.dataset.density = current.density
  for (const listener of listeners) listener()
}

export function preferences(): Preferences {
  return current
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change }
  try {
    localStorage.setItem(KEY, JSON.stringify(current))
  } catch {
    // Storage switched off: the choice lasts until the tab closes.
  }
  show()
}

/** Follows a change made in another tab. */
export function watchPreferences(): () => void {
  const onStorage = (event: StorageEvent) => {
    if (event.key !== KEY) return
    current = read()
    show()
  }
  window.addEventListener('storage', onStorage)
  return () => window.removeEventListener('storage', onStorage)
}

export function subscribePreferences(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribePreferences, preferences)
}
