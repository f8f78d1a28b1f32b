import { api, body, LOCAL_HOST, type Schemas } from '@/api/client'

export type OwnBan = Schemas['OwnBan']

/** The most targets, and the most keys, of one request: a whole file is one order. */
export const MOST_OWN = 10_000

const host = { path: { host: LOCAL_HOST } } as const

/** Bans in BanGUI's own table: all of the targets, or none. */
export async function banOwn(wanted: Schemas['OwnBanRequest']): Promise<OwnBan[]> {
  return body(await api.POST('/api/v1/hosts/{host}/own-bans', { params: host, body: wanted })).items
}

/** Ends bans of BanGUI's own table; those that were in force are answered. */
export async function endOwn(ids: readonly number[]): Promise<OwnBan[]> {
  const ended: OwnBan[] = []
  for (let at = 0; at < ids.length; at += MOST_OWN) {
    const part = ids.slice(at, at + MOST_OWN)
    const answer = await api.POST('/api/v1/hosts/{host}/own-bans/end', { params: host, body: { ids: part } })
    ended.push(...body(answer).items)
  }
  return ended
}

/** What would make ended bans anew, for the time that was left of them; one order for each end and reason. */
export function ordersOf(bans: readonly OwnBan[], now: number): Schemas['OwnBanRequest'][] {
  const orders: Schemas['OwnBanRequest'][] = []
  const open = new Map<string, Schemas['OwnBanRequest']>()
  for (const { target, until, reason } of bans) {
    const seconds = until ? Math.round((Date.parse(until) - now) / 1_000) : null
    // It would have run out meanwhile.
    if (seconds !== null && seconds < 1) continue
    const key = `${seconds} ${reason}`
    const order = open.get(key)
    if (order && order.targets.length < MOST_OWN) order.targets.push(target)
    else {
      const fresh = { targets: [target], seconds, reason }
      open.set(key, fresh)
      orders.push(fresh)
    }
  }
  return orders
}
