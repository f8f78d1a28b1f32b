/** What the server asks of a password, in Unicode characters. */
export const PASSWORD_MIN = 12
export const PASSWORD_MAX = 256

export function passwordLength(password: string): number {
  return [...password].length
}

export type Strength = 'short' | 'weak' | 'fair' | 'strong'

/**
 * A rough hint, not a gate: bits by the kinds of characters, where repeated characters and runs (`aaa`, `123`, `cba`) count little.
 * A dictionary would know more, but weighs 400 kB.
 */
export function passwordStrength(password: string): Strength {
  const characters = [...password]
  if (characters.length < PASSWORD_MIN) return 'short'
  const kinds =
    (/\p{Ll}/u.test(password) ? 26 : 0) +
    (/\p{Lu}/u.test(password) ? 26 : 0) +
    (/\d/.test(password) ? 10 : 0) +
    (/[^\p{L}\d]/u.test(password) ? 30 : 0)
  const seen = new Set<string>()
  let weight = 0
  let before = 0
  let step = 0
  for (const character of characters) {
    const code = character.codePointAt(0) ?? 0
    const continues = Math.abs(code - before) <= 1 && code - before === step
    weight += seen.has(character) ? (continues ? 0 : 0.5) : continues ? 0.2 : 1
    step = code - before
    before = code
    seen.add(character)
  }
  const bits = weight * Math.log2(Math.max(kinds, 10))
  if (bits < 35) return 'weak'
  return bits < 60 ? 'fair' : 'strong'
}
