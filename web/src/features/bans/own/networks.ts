// Addresses and networks as numbers, to tell whether two of them have an address in common.

type Network = { bits: number; value: bigint; prefix: number }

const BITS = { v4: 32, v6: 128 } as const

function v4(text: string): bigint | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let value = 0n
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null
    value = (value << 8n) | BigInt(part)
  }
  return value
}

function v6(text: string): bigint | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const groups = [...(head ?? []), ...(tail ?? [])]
  const missing = 8 - groups.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const all = [...(head ?? []), ...Array<string>(tail === undefined ? 0 : missing).fill('0'), ...(tail ?? [])]
  let value = 0n
  for (const group of all) {
    if (!/^[0-9a-f]{1,4}$/i.test(group)) return null
    value = (value << 16n) | BigInt(`0x${group}`)
  }
  return value
}

/** An address or a network; `null` for what is none. */
export function parseNetwork(text: string): Network | null {
  const [address = '', length, ...more] = text.trim().split('/')
  const family = address.includes(':') ? 'v6' : 'v4'
  const value = family === 'v6' ? v6(address) : v4(address)
  const bits = BITS[family]
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : -1
  if (value === null || more.length > 0 || prefix < 0 || prefix > bits) return null
  return { bits, value, prefix }
}

/** Whether two have an address in common: the wider one holds the other. */
export function meets(a: Network, b: Network): boolean {
  if (a.bits !== b.bits) return false
  const shift = BigInt(a.bits - Math.min(a.prefix, b.prefix))
  return a.value >> shift === b.value >> shift
}

/** The widest network that may be banned without a jail: a /8, or a /19 of IPv6. */
export function isTooWide(target: string): boolean {
  const network = parseNetwork(target)
  return network !== null && network.prefix < (network.bits === BITS.v4 ? 8 : 19)
}
