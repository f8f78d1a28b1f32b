import { useSyncExternalStore } from 'react'
import { usePreferences } from '@/lib/preferences'

const NARROW = '(max-width: 639.98px)'

let known: MediaQueryList | undefined

function narrowWindow(): MediaQueryList {
  known ??= window.matchMedia(NARROW)
  return known
}

function subscribe(listener: () => void): () => void {
  const query = narrowWindow()
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** The height of a row in pixels: one line, or a card of two where the window is narrow. Equal to `--row` of styles.css. */
export function useRowHeight(): number {
  const { density } = usePreferences()
  const narrow = useSyncExternalStore(subscribe, () => narrowWindow().matches)
  if (narrow) return 64
  return density === 'compact' ? 28 : 32
}
