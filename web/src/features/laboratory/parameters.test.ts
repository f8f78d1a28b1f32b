import { expect, test } from 'vitest'
import { parseParameters } from './parameters'

test('parameters are read with and without quotes', () => {
  expect(parseParameters('')).toEqual({})
  expect(parseParameters('mode=aggressive')).toEqual({ mode: 'aggressive' })
  expect(parseParameters(' mode = extra , logtype="a, b", x=\'y\' ')).toEqual({
    mode: 'extra',
    logtype: 'a, b',
    x: 'y',
  })
  expect(parseParameters('mode=')).toEqual({ mode: '' })
})

test('what is no parameter is refused as a whole', () => {
  for (const text of ['mode', 'mode=a b="c', '=x', 'a=1,,b=2', 'mode="a" b'])
    expect(parseParameters(text), text).toBeNull()
})
