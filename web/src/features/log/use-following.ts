import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { scroller } from '@/components/page-scroll'
import type { Entry } from './tail'

/** So near to the end counts as the end. */
const NEAR = 32

export type Following = {
  /** The rows to show: all there are, or those from when the reading began. */
  shown: readonly Entry[]
  paused: boolean
  /** Rows that came since. */
  waiting: number
  pause: () => void
  /** Shows everything, and keeps to the end. */
  resume: () => void
}

/** Follows the end of the log until somebody scrolls up; then nothing moves before they want it. */
export function useFollowing(entries: readonly Entry[]): Following {
  const [held, setHeld] = useState<readonly Entry[] | null>(null)
  const latest = useRef(entries)
  useEffect(() => {
    latest.current = entries
  }, [entries])
  useEffect(() => {
    const main = scroller()
    if (!main) return
    let top = main.scrollTop
    const onScroll = () => {
      const up = main.scrollTop < top
      top = main.scrollTop
      // Rows that turn out lower than thought move the end too: only a way up that leaves it is somebody's wish to read.
      if (up && main.scrollHeight - main.clientHeight - top > NEAR) setHeld((before) => before ?? latest.current)
    }
    main.addEventListener('scroll', onScroll, { passive: true })
    return () => main.removeEventListener('scroll', onScroll)
  }, [])
  return {
    shown: held ?? entries,
    paused: held !== null,
    waiting: held ? (entries.at(-1)?.id ?? 0) - (held.at(-1)?.id ?? 0) : 0,
    pause: () => setHeld(latest.current),
    resume: () => setHeld(null),
  }
}

/** Keeps the page at its end while `following`, each time that `height` or the rows change. */
export function useEnd(following: boolean, height: number, rows: readonly Entry[]): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: they are what moves the end.
  useLayoutEffect(() => {
    const main = scroller()
    if (following && main) main.scrollTop = main.scrollHeight
  }, [following, height, rows])
}
