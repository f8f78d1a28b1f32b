import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { ApiProblem } from '@/api/problem'
import { keys } from '@/api/queries'
import { APPLY_POLL_MS, configKeys, stateQuery } from '../queries'
import { applyPlan } from '../requests'
import type { ApplyOrder, ApplyReport, StepState } from '../types'

export type ApplyStage =
  | { at: 'ready' }
  | { at: 'running'; order: ApplyOrder }
  /** The password is needed once more, and then it goes on with this order. */
  | { at: 'password'; order: ApplyOrder }
  | { at: 'done'; report: ApplyReport }
  | { at: 'failed'; problem: ApiProblem }

export type Applying = {
  stage: ApplyStage
  /** The steps so far, of the order that is under way. */
  steps: readonly StepState[]
  apply: (order: ApplyOrder) => Promise<ApplyReport | null>
  reset: () => void
}

/** Applies a plan and follows its steps while the answer is awaited. */
export function useApply(): Applying {
  const queryClient = useQueryClient()
  const [stage, setStage] = useState<ApplyStage>({ at: 'ready' })
  const running = stage.at === 'running' ? stage.order : null
  const { data: state } = useQuery({
    ...stateQuery,
    enabled: running !== null,
    refetchInterval: APPLY_POLL_MS,
    staleTime: 0,
  })
  const followed = state?.applying
  const steps = running && followed?.hash === running.hash ? followed.steps : []
  const apply = useCallback(
    async (order: ApplyOrder) => {
      setStage({ at: 'running', order })
      try {
        const report = await applyPlan(order)
        setStage({ at: 'done', report })
        return report
      } catch (error) {
        const problem = ApiProblem.from(error)
        setStage(problem.code === 'password-needed' ? { at: 'password', order } : { at: 'failed', problem })
        return null
      } finally {
        // Whatever came of it: what is shown now is what is there now.
        for (const queryKey of [configKeys.all, keys.jails, keys.status])
          void queryClient.invalidateQueries({ queryKey })
      }
    },
    [queryClient],
  )
  const reset = useCallback(() => setStage({ at: 'ready' }), [])
  return { stage, steps, apply, reset }
}
