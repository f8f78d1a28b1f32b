import { useLayoutEffect, useRef } from 'react'
import { type ActiveBan, banKey } from './ban-key'
import { indexOfKey } from './selection'

type Anchored = {
  /** `null` while the rows of another list are still shown. */
  rows: readonly ActiveBan[] | null
  /** Pixels above the first row. */
  margin: number
  rowHeight: number
  /** Which list it is: the rows of another one start where they start. */
  list: string
  /** Whether somebody is pointing or choosing: then nothing may move, not even at the top. */
  hold: () => boolean
}

/** How far below a row that is gone another one is looked for. */
const REACH = 50

/** Keeps the rows that one looks at where they are when others come or go above them. */
export function useAnchoredRows({ rows, margin, rowHeight, list, hold }: Anchored): void {
  const before = useRef<{ rows: readonly ActiveBan[]; list: string } | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only other rows can move rows.
  useLayoutEffect(() => {
    const old = before.current
    if (!rows) return
    before.current = { rows, list }
    const main = document.getElementById('main')
    if (!main || !old || old.list !== list || old.rows === rows) return
    if (main.scrollTop <= margin && !hold()) return
    const first = Math.max(0, Math.floor((main.scrollTop - margin) / rowHeight))
    for (const row of old.rows.slice(first, first + REACH)) {
      const was = old.rows.indexOf(row, first)
      const is = indexOfKey(rows, banKey(row), was)
      if (is < 0) continue
      if (is !== was) main.scrollTop += (is - was) * rowHeight
      return
    }
  }, [rows])
}
