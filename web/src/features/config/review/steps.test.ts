import { describe, expect, it } from 'vitest'
import type { StepState } from '../types'
import { shownSteps } from './steps'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
const done = (step: StepState['step']): StepState => ({ step, beganAt: at(0), endedAt: at(2), failed: null })
const states = (steps: StepState[], finished = false) =>
  shownSteps(steps, finished).map(({ step, state }) => `${step} ${state}`)

describe('shownSteps', () => {
  it('tells what is done, what goes on and what is still to come', () => {
    const found = states([done('plan'), done('validate'), { ...done('snapshot'), endedAt: null }])
    expect(found.slice(0, 4)).toEqual(['plan done', 'validate done', 'snapshot running', 'write waiting'])
    expect(found).toHaveLength(7)
    expect(shownSteps([done('plan')], false)[0]?.seconds).toBe(2)
  })

  it('skips what comes after a failure, and adds the way back', () => {
    const found = states([done('write'), { ...done('reload'), failed: 'no' }, done('putBack')])
    expect(found).toContain('reload failed')
    expect(found).toContain('verify skipped')
    expect(found.at(-1)).toBe('putBack done')
  })

  it('waits for nothing once it is over', () => {
    expect(states([done('plan')], true)).not.toContain('record waiting')
  })
})
