import { describe, expect, it } from 'vitest'
import { countTargets } from './count-targets'

describe('countTargets', () => {
  it.each([
    ['', 0],
    ['\n\n  \n', 0],
    ['192.0.2.1', 1],
    ['192.0.2.1\r\n192.0.2.2\r\n', 2],
    ['192.0.2.1, 192.0.2.2;192.0.2.3\t192.0.2.4', 4],
    ['# all of it\n192.0.2.1 # one\n#192.0.2.2', 1],
  ])('counts %j as %i', (text, count) => {
    expect(countTargets(text)).toEqual({ count, cutAt: null })
  })

  it('says where the first one too many begins', () => {
    const text = 'a b\nc'
    expect(countTargets(text, 2)).toEqual({ count: 3, cutAt: 4 })
    expect(countTargets(text.slice(0, 4), 2).count).toBe(2)
  })

  it('stops reading there', () => {
    const text = '192.0.2.1\n'.repeat(100_000)
    const { count, cutAt } = countTargets(text)
    expect(count).toBe(10_001)
    expect(cutAt).toBe(100_000)
  })
})
