import { useCallback, useMemo, useRef, useState } from 'react'
import { type ActiveBan, banKey } from './ban-key'

/** The most that one request takes, and so the most that can be selected. */
export const MOST_SELECTED = 10_000

export type Selection = {
  keys: ReadonlySet<string>
  toggle: (rows: readonly ActiveBan[], index: number, range: boolean) => void
  /** Adds rows up to the limit. Returns how many are selected then. */
  add: (rows: readonly ActiveBan[]) => void
  clear: () => void
}

/** Which rows are selected. `present` drops those that are gone: a ban that has ended cannot be ended again. */
export function useSelection(present: ReadonlyMap<string, unknown> | undefined, version: unknown): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  // The row that a range starts from: remembered by key, because rows move.
  const from = useRef<string | null>(null)
  const keys = useMemo(() => {
    void version
    if (!present || chosen.size === 0) return chosen
    const left = [...chosen].filter((key) => present.has(key))
    return left.length === chosen.size ? chosen : new Set(left)
  }, [chosen, present, version])
  const latest = useRef(keys)
  latest.current = keys
  const toggle = useCallback((rows: readonly ActiveBan[], index: number, range: boolean) => {
    const row = rows[index]
    if (!row) return
    const key = banKey(row)
    const start = range && from.current !== null ? indexOfKey(rows, from.current, index) : -1
    const next = new Set(latest.current)
    if (start >= 0) {
      for (const one of rows.slice(Math.min(start, index), Math.max(start, index) + 1)) {
        if (next.size < MOST_SELECTED) next.add(banKey(one))
      }
    } else if (!next.delete(key) && next.size < MOST_SELECTED) next.add(key)
    from.current = key
    latest.current = next
    setChosen(next)
  }, [])
  const add = useCallback((rows: readonly ActiveBan[]) => {
    const next = new Set(latest.current)
    for (const row of rows) {
      if (next.size >= MOST_SELECTED) break
      next.add(banKey(row))
    }
    latest.current = next
    setChosen(next)
  }, [])
  const clear = useCallback(() => {
    from.current = null
    latest.current = new Set()
    setChosen(latest.current)
  }, [])
  return useMemo(() => ({ keys, toggle, add, clear }), [keys, toggle, add, clear])
}

/** Finds a row by key, looking outwards from where it is likely to be: near the place it had before. */
export function indexOfKey(rows: readonly ActiveBan[], key: string, near: number): number {
  const start = Math.max(0, Math.min(near, rows.length - 1))
  for (let away = 0; away < rows.length; away += 1) {
    const below = rows[start + away]
    if (below && banKey(below) === key) return start + away
    const above = away > 0 ? rows[start - away] : undefined
    if (above && banKey(above) === key) return start - away
  }
  return -1
}
