import { useEffect, useState } from 'react'

const CALM_MS = 1_000

/** True a moment after the page has shown itself: what waits for it belongs to no first load. */
export function useCalm(): boolean {
  const [calm, setCalm] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setCalm(true), CALM_MS)
    return () => clearTimeout(timer)
  }, [])
  return calm
}
