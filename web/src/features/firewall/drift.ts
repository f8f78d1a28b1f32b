import type { Schemas } from '@/api/client'

export type Drift = Schemas['FirewallDrift']
export type JailDrift = Schemas['FirewallJailDrift']
export type OwnDrift = Schemas['FirewallOwnDrift']

/** What is to be put right. */
export type Repair = Schemas['RepairRequest']

export function isJailWrong({ missingCount, excessCount }: JailDrift): boolean {
  return missingCount + excessCount > 0
}

/** Those that need somebody first, then those that cannot be told, then by name. */
export function inOrder(jails: readonly JailDrift[]): JailDrift[] {
  const rank = (jail: JailDrift) => (isJailWrong(jail) ? 0 : jail.unsure.length > 0 ? 1 : 2)
  return [...jails].sort((a, b) => rank(a) - rank(b) || a.jail.localeCompare(b.jail))
}

/** All that is wrong and can be put right; `null` when nothing is. */
export function allRepairs({ jails, own }: Drift): Repair | null {
  const wrong = jails.filter(isJailWrong).map(({ jail }) => jail)
  const ownIsWrong = own ? !own.isRight : false
  return wrong.length > 0 || ownIsWrong ? { jails: wrong, own: ownIsWrong } : null
}

/** How many are banned and not blocked, and how many blocked and not banned, in what a repair is about. */
export function extentOf({ jails, own }: Drift, repair: Repair): { missing: number; excess: number } {
  const parts = [...jails.filter(({ jail }) => repair.jails.includes(jail)), ...(repair.own && own ? [own] : [])]
  return parts.reduce(
    (sum, part) => ({ missing: sum.missing + part.missingCount, excess: sum.excess + part.excessCount }),
    { missing: 0, excess: 0 },
  )
}
