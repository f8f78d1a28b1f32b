import { readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { DOTS, drawnAs, MIDDLES, OUTLINES } from './world'

test('the outlines stay under 35 kB on the wire', () => {
  expect(brotliCompressSync(readFileSync('src/features/map/world.json')).length).toBeLessThan(35_000)
})

test('every country of weight has an outline, and small ones a dot', () => {
  const outlined = new Set(OUTLINES.map((outline) => outline.code))
  for (const code of ['DE', 'FR', 'US', 'CN', 'RU', 'BR', 'TW', 'XK', 'PS', 'AU', 'NO'])
    expect(outlined).toContain(code)
  for (const code of ['SG', 'HK', 'SC', 'MT', 'MO', 'LI', 'MC']) expect(DOTS.has(code)).toBe(true)
  for (const code of DOTS.keys()) expect(outlined).not.toContain(code)
})

test('French departments are drawn as France, and an unknown code nowhere', () => {
  expect(['GF', 'GP', 'MQ', 'RE', 'YT'].map(drawnAs)).toEqual(['FR', 'FR', 'FR', 'FR', 'FR'])
  expect(drawnAs('ZZ')).toBeUndefined()
})

test('places lie where one looks for them', () => {
  const at = (code: string) => MIDDLES.get(code) ?? { x: Number.NaN, y: Number.NaN }
  expect(at('US').x).toBeLessThan(at('FR').x)
  expect(at('FR').x).toBeLessThan(at('DE').x)
  expect(at('SG').y).toBeGreaterThan(at('CN').y)
  for (const outline of OUTLINES) expect(outline.path).not.toContain('NaN')
})
