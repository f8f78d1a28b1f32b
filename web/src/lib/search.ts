// Readers for the parameters of the page's own URL, for `validateSearch`: what is not valid is left out, never an error.
// The router reads `?jail=12` as the number 12, so numbers and booleans are taken for texts too.

export function text(value: unknown, longest = 200): string | undefined {
  const found = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  return typeof found === 'string' && found.trim() !== '' ? found.slice(0, longest) : undefined
}

/** A list from `?a=x` or `?a=["x","y"]`, without repetitions. */
export function texts(value: unknown, most = 100): string[] | undefined {
  const found = (Array.isArray(value) ? value : [value]).map((one) => text(one)).filter((one) => one !== undefined)
  return found.length > 0 ? [...new Set(found)].slice(0, most) : undefined
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((candidate) => candidate === value)
}

/** An instant as RFC 3339, in UTC. */
export function timestamp(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}
