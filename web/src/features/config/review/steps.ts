import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Step, StepState } from '../types'

export const STEP_WORDS: Record<Step, MessageDescriptor> = {
  plan: msg`Make the plan again and compare it`,
  validate: msg`Check it, with fail2ban itself`,
  snapshot: msg`Keep the files as they are`,
  write: msg`Write the new files`,
  reload: msg`Load them`,
  verify: msg`Ask fail2ban what runs`,
  record: msg`Keep the new version`,
  putBack: msg`Put the old files back`,
  reloadOld: msg`Load the old files`,
  verifyOld: msg`Ask fail2ban again what runs`,
}
const FORWARD: readonly Step[] = ['plan', 'validate', 'snapshot', 'write', 'reload', 'verify', 'record']

export type ShownStep = {
  step: Step
  state: 'done' | 'running' | 'failed' | 'waiting' | 'skipped'
  seconds: number | null
  failed: string | null
}

/** The steps that were taken, and those that are still to come; after a failure the ones ahead are skipped. */
export function shownSteps(steps: readonly StepState[], finished: boolean): ShownStep[] {
  const taken = new Map(steps.map((one) => [one.step, one]))
  const broken = steps.some((one) => Boolean(one.failed))
  const back = steps.filter((one) => !FORWARD.includes(one.step)).map((one) => one.step)
  return [...FORWARD, ...back].map((step) => {
    const found = taken.get(step)
    if (!found) return { step, state: broken || finished ? 'skipped' : 'waiting', seconds: null, failed: null }
    const seconds = found.endedAt ? (Date.parse(found.endedAt) - Date.parse(found.beganAt)) / 1_000 : null
    const state = found.failed ? 'failed' : found.endedAt ? 'done' : 'running'
    return { step, state, seconds, failed: found.failed ?? null }
  })
}
