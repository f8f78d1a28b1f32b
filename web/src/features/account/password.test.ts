import { expect, test } from 'vitest'
import { passwordLength, passwordStrength } from './password'

test('passwordLength counts characters, not code units', () => {
  expect(passwordLength('👍👍')).toBe(2)
})

test.each([
  ['short', 'Tr0ub4dor&3'],
  ['weak', 'aaaaaaaaaaaaaaaa'],
  ['weak', '123456789012'],
  ['weak', 'abcdefghijklmnop'],
  ['strong', 'correct horse battery staple'],
  ['strong', 'xK9#vQ2!mZ7$pL4'],
])('passwordStrength is %s for %s', (strength, password) => {
  expect(passwordStrength(password)).toBe(strength)
})
