import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useConfigChanging } from '../changing'
import { planQuery } from '../queries'
import { useTray } from '../tray/use-tray'
import type { Change, Plan } from '../types'

const PAUSE_MS = 800

/** The plan of what waits in the tray, made anew when nobody types for a moment; `undefined` while there is none. */
export function useTrayPlan(): Plan | undefined {
  const { changes } = useTray()
  const { allowed } = useConfigChanging()
  const [settled, setSettled] = useState<readonly Change[]>(changes)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(changes), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [changes])
  const query = planQuery(settled)
  const plan = useQuery({ ...query, enabled: allowed && settled.length > 0, placeholderData: (before) => before })
  return changes.length > 0 ? plan.data : undefined
}
