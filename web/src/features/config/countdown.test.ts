import { describe, expect, it } from 'vitest'
import { secondsLeft } from './countdown'
import { configState } from './test-config'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString()
const pending = { version: 8, author: 'admin', confirmBy: at(120) }

describe('secondsLeft', () => {
  it('goes by the server’s clock, however wrong the browser’s is', () => {
    const state = configState({ pending, asOf: at(20) })
    expect(secondsLeft(state, 1_000_000, 1_000_000)).toBe(100)
    expect(secondsLeft(state, 1_000_000, 1_030_500)).toBe(70)
  })

  it('stops at nought', () => {
    expect(secondsLeft(configState({ pending, asOf: at(119) }), 0, 60_000)).toBe(0)
  })

  it('is nothing while nothing waits', () => {
    expect(secondsLeft(configState(), 0, 0)).toBeNull()
  })
})
