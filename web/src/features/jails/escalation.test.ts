import { describe, expect, it } from 'vitest'
import { growthOf, steps } from './escalation'

const seconds = (settings: Parameters<typeof steps>[0]) => steps(settings).map((step) => step.seconds)

describe('growthOf', () => {
  it('is off unless it is switched on', () => {
    expect(growthOf({ bantimeSeconds: 600, escalation: { multipliers: '1 2' } }).kind).toBe('off')
  })

  it('cannot grow what is permanent, nor beyond the longest time', () => {
    expect(growthOf({ bantimeSeconds: -1, escalation: { increment: true } }).kind).toBe('permanent')
    expect(growthOf({ bantimeSeconds: 600, escalation: { increment: true, maxSeconds: 600 } }).kind).toBe('capped')
  })

  it('prefers the multipliers to the formula', () => {
    const escalation = { increment: true, multipliers: '1 5 30', formula: 'ban.Time * 3' }
    expect(growthOf({ bantimeSeconds: 60, escalation })).toEqual({
      kind: 'multipliers',
      multipliers: [1, 5, 30],
      factor: 1,
    })
  })

  it('knows the stock formula written out, and leaves another to fail2ban', () => {
    const stock = 'ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor'
    expect(growthOf({ bantimeSeconds: 60, escalation: { increment: true, formula: stock } }).kind).toBe('doubling')
    const own = { increment: true, formula: 'ban.Time * math.exp(ban.Count)' }
    expect(growthOf({ bantimeSeconds: 60, escalation: own }).kind).toBe('formula')
    expect(seconds({ bantimeSeconds: 60, escalation: own })).toEqual([])
  })
})

describe('steps', () => {
  it('doubles from the second ban on, as measured: 3, 6, 12 s', () => {
    expect(seconds({ bantimeSeconds: 3, escalation: { increment: true } }).slice(0, 3)).toEqual([3, 6, 12])
  })

  it('ends at the longest time', () => {
    const settings = { bantimeSeconds: 600, escalation: { increment: true, maxSeconds: 2_000 } }
    expect(seconds(settings)).toEqual([600, 1_200, 2_000])
    expect(steps(settings).at(-1)?.longest).toBe(true)
  })

  it('uses the factor only for returning addresses', () => {
    expect(seconds({ bantimeSeconds: 10, escalation: { increment: true, multipliers: '1 2 4', factor: '3' } })).toEqual(
      [10, 60, 120],
    )
  })

  it('tells nothing where the factor is an expression', () => {
    expect(seconds({ bantimeSeconds: 10, escalation: { increment: true, factor: '2*3' } })).toEqual([])
  })
})
