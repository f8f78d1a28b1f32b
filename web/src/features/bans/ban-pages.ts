import type { Schemas } from '@/api/client'
import { type ActiveBan, banKey } from './ban-key'

/** Rows that one question brings: the most that the server gives. */
export const PAGE_ROWS = 500
/** How many answers one stretch may take while it is asked again. */
const MOST_CHUNKS = 4

export type BanPage = Schemas['ActiveBanPageBody']

/** One stretch of the list: what comes after `cursor`, up to where the next stretch begins (`next`; `null`: the list ends). */
type Stretch = { cursor: string | null; items: readonly ActiveBan[]; next: string | null }

/**
 * What has been loaded of a list that is paged by key: stretches without gaps, from the first row on.
 * `byKey` is handed on from version to version and belongs to the newest one.
 */
export type LoadedBans = {
  stretches: readonly Stretch[]
  rows: readonly ActiveBan[]
  byKey: Map<string, ActiveBan>
  /** How many match in all, as the newest answer said. */
  total: number
  asOf: string | null
}

type Ask = (cursor: string | null) => Promise<BanPage>

function build(stretches: readonly Stretch[], byKey: Map<string, ActiveBan>, page: BanPage): LoadedBans {
  const rows = stretches.flatMap((stretch) => stretch.items)
  return { stretches, rows, byKey, total: Math.max(page.total, rows.length), asOf: page.asOf ?? null }
}

/** Keeps the object of a ban that has not changed, so that its row is not drawn again. */
function settle(fresh: readonly ActiveBan[], byKey: Map<string, ActiveBan>): ActiveBan[] {
  const seen = new Set<string>()
  const settled: ActiveBan[] = []
  for (const ban of fresh) {
    const key = banKey(ban)
    if (seen.has(key)) continue
    seen.add(key)
    const known = byKey.get(key)
    const same =
      known &&
      known.bannedAt === ban.bannedAt &&
      known.expiresAt === ban.expiresAt &&
      known.permanent === ban.permanent &&
      known.kind === ban.kind
    const kept = same ? known : ban
    byKey.set(key, kept)
    settled.push(kept)
  }
  return settled
}

/** Takes rows out of the other stretches that have just been seen in this one: a ban stands in one place. */
function without(stretches: readonly Stretch[], except: number, keys: ReadonlySet<string>): Stretch[] {
  return stretches.map((stretch, index) => {
    if (index === except || !stretch.items.some((ban) => keys.has(banKey(ban)))) return stretch
    return { ...stretch, items: stretch.items.filter((ban) => !keys.has(banKey(ban))) }
  })
}

/** The first answer of a list. */
export function firstBans(page: BanPage): LoadedBans {
  const byKey = new Map<string, ActiveBan>()
  return build([{ cursor: null, items: settle(page.items, byKey), next: page.nextCursor ?? null }], byKey, page)
}

/** Where the next stretch would begin; `null` when all is there. */
export function nextCursor(loaded: LoadedBans): string | null {
  return loaded.stretches.at(-1)?.next ?? null
}

/** Adds the stretch that was asked for with `cursor`. An answer to an older question is dropped. */
export function appendBans(loaded: LoadedBans, cursor: string, page: BanPage): LoadedBans {
  if (nextCursor(loaded) !== cursor) return loaded
  const moved = new Set(page.items.map(banKey).filter((key) => loaded.byKey.has(key)))
  const items = settle(page.items, loaded.byKey)
  const kept = moved.size > 0 ? without(loaded.stretches, -1, moved) : loaded.stretches
  return build([...kept, { cursor, items, next: page.nextCursor ?? null }], loaded.byKey, page)
}

/** The stretches that hold the rows from `first` to `last`. */
export function stretchesOf(loaded: LoadedBans, first: number, last: number): number[] {
  const found: number[] = []
  let from = 0
  loaded.stretches.forEach((stretch, index) => {
    const to = from + stretch.items.length
    if (first < to && last >= from) found.push(index)
    from = to
  })
  return found.length > 0 ? found : [loaded.stretches.length - 1]
}

/**
 * Asks again for one stretch, and lays the answer where the old one was. Rows may have come and gone in it: the answer is
 * cut where the following stretch begins, or asked on until it gets there. When it never does, what follows is forgotten and
 * loaded again as one scrolls to it.
 */
export async function askStretch(loaded: LoadedBans, at: number, ask: Ask): Promise<(now: LoadedBans) => LoadedBans> {
  const stretch = loaded.stretches[at]
  if (!stretch) return (now) => now
  const following = new Set(loaded.stretches.slice(at + 1, at + 3).flatMap((one) => one.items.map(banKey)))
  const found: ActiveBan[] = []
  let page: BanPage
  let cursor = stretch.cursor
  let met = false
  for (let chunk = 0; ; chunk += 1) {
    page = await ask(cursor)
    found.push(...page.items)
    cursor = page.nextCursor ?? null
    let cut = found.length
    while (cut > 0 && following.has(keyAt(found, cut - 1))) cut -= 1
    met = cut < found.length
    if (met) found.length = cut
    if (met || cursor === null || following.size === 0 || chunk + 1 === MOST_CHUNKS) break
  }
  const answer = page
  const next = met ? stretch.next : cursor
  return (now) => replace(now, at, stretch, found, met, next, answer)
}

function keyAt(bans: readonly ActiveBan[], index: number): string {
  const ban = bans[index]
  return ban ? banKey(ban) : ''
}

function replace(
  now: LoadedBans,
  at: number,
  old: Stretch,
  found: readonly ActiveBan[],
  met: boolean,
  next: string | null,
  page: BanPage,
): LoadedBans {
  // Something else has changed this stretch since: its next turn comes soon.
  if (now.stretches[at] !== old) return now
  const following = now.stretches.slice(at + 1)
  const kept = met || following.length === 0 ? following : []
  const fresh = new Set(found.map(banKey))
  // Seldom any: looking through a hundred thousand rows at each poll would be felt.
  const here = new Set(old.items.map(banKey))
  const moved = new Set([...fresh].filter((key) => !here.has(key) && now.byKey.has(key)))
  const items = settle(found, now.byKey)
  for (const gone of [old, ...(kept === following ? [] : following)].flatMap((stretch) => stretch.items)) {
    const key = banKey(gone)
    if (!fresh.has(key)) now.byKey.delete(key)
  }
  const others = [...now.stretches.slice(0, at), old, ...kept]
  const elsewhere = moved.size > 0 ? without(others, at, moved) : others
  elsewhere[at] = { cursor: old.cursor, items, next }
  return build(elsewhere, now.byKey, page)
}
