import { useSyncExternalStore } from 'react'

// The page's one clock: a single timer for every relative time on it, at rest while the tab is hidden.
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | null = null

function tick(): void {
  for (const listener of listeners) listener()
}

function follow(): void {
  const wanted = listeners.size > 0 && document.visibilityState === 'visible'
  if (wanted && timer === null) timer = setInterval(tick, 1_000)
  if (!wanted && timer !== null) {
    clearInterval(timer)
    timer = null
  }
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) document.addEventListener('visibilitychange', onVisibility)
  listeners.add(listener)
  follow()
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) document.removeEventListener('visibilitychange', onVisibility)
    follow()
  }
}

function onVisibility(): void {
  follow()
  if (document.visibilityState === 'visible') tick()
}

/**
 * A value that is made from the present time, asked for once a second.
 * The component renders again only when the value differs, so make it a text or a number, never an object.
 */
export function useClock<T extends string | number | boolean>(read: (now: number) => T): T {
  return useSyncExternalStore(subscribe, () => read(Date.now()))
}
