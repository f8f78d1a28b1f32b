import { describe, expect, it } from 'vitest'
import { banKey } from './ban-key'
import { appendBans, askStretch, firstBans, type LoadedBans, nextCursor, stretchesOf } from './ban-pages'
import { ban, bans, TestList } from './test-bans'

const LIMIT = 10

function loadAll(list: TestList): LoadedBans {
  let loaded = firstBans(list.page(null, LIMIT))
  for (let cursor = nextCursor(loaded); cursor !== null; cursor = nextCursor(loaded)) {
    loaded = appendBans(loaded, cursor, list.page(cursor, LIMIT))
  }
  return loaded
}

async function refresh(loaded: LoadedBans, at: number, list: TestList): Promise<LoadedBans> {
  const lay = await askStretch(loaded, at, async (cursor) => list.page(cursor, LIMIT))
  return lay(loaded)
}

const subjects = (loaded: LoadedBans) => loaded.rows.map((one) => one.subject)

describe('appendBans', () => {
  it('joins the pages in order, and knows when all is there', () => {
    const list = new TestList(bans(0, 34))
    const loaded = loadAll(list)
    expect(subjects(loaded)).toEqual(list.items.map((one) => one.subject))
    expect(nextCursor(loaded)).toBeNull()
    expect(loaded.total).toBe(34)
  })

  it('drops an answer to an older question', () => {
    const list = new TestList(bans(0, 30))
    const loaded = firstBans(list.page(null, LIMIT))
    expect(appendBans(loaded, 'another', list.page(null, LIMIT))).toBe(loaded)
  })

  it('shows a ban once that has moved between two pages', () => {
    const list = new TestList(bans(0, 30))
    const loaded = firstBans(list.page(null, LIMIT))
    const cursor = nextCursor(loaded) ?? ''
    const page = list.page(cursor, LIMIT)
    page.items.push(ban(3))
    const next = appendBans(loaded, cursor, page)
    expect(subjects(next).filter((subject) => subject === ban(3).subject)).toHaveLength(1)
    expect(new Set(subjects(next)).size).toBe(next.rows.length)
  })
})

describe('askStretch', () => {
  it('keeps the objects of bans that have not changed, so that their rows are not drawn again', async () => {
    const list = new TestList(bans(0, 30))
    const loaded = loadAll(list)
    const again = await refresh(loaded, 1, list)
    expect(again.rows[12]).toBe(loaded.rows[12])
  })

  it('lays new bans into the stretch, without a gap and without a double', async () => {
    const list = new TestList(bans(2, 32))
    const loaded = loadAll(list)
    list.items = [ban(0), ban(1), ...list.items]
    const now = await refresh(loaded, 0, list)
    expect(subjects(now)).toEqual(list.items.map((one) => one.subject))
    expect(now.total).toBe(32)
  })

  it('takes out bans that have ended, and keeps what follows', async () => {
    const list = new TestList(bans(0, 30))
    const loaded = loadAll(list)
    const gone = list.items.splice(12, 5)
    const now = await refresh(loaded, 1, list)
    expect(subjects(now)).toEqual(list.items.map((one) => one.subject))
    for (const one of gone) expect(now.byKey.has(banKey(one))).toBe(false)
  })

  it('takes over the first rows of the next stretch that has ended meanwhile', async () => {
    const list = new TestList(bans(0, 30))
    const loaded = loadAll(list)
    list.items.splice(8, 4)
    const now = await refresh(await refresh(loaded, 0, list), 1, list)
    expect(subjects(now)).toEqual(list.items.map((one) => one.subject))
  })

  it('forgets what follows when far too much is new, to load it again', async () => {
    const list = new TestList(bans(100, 130))
    const loaded = loadAll(list)
    list.items = [...bans(0, 100), ...list.items]
    const now = await refresh(loaded, 0, list)
    expect(subjects(now)).toEqual(list.items.slice(0, 40).map((one) => one.subject))
    expect(nextCursor(now)).not.toBeNull()
    expect(now.total).toBe(130)
  })

  it('empties the list when everything has ended', async () => {
    const list = new TestList(bans(0, 30))
    const loaded = loadAll(list)
    list.items = []
    const now = await refresh(loaded, 0, list)
    expect(now.rows).toEqual([])
    expect(now.total).toBe(0)
  })

  it('leaves the list alone that has been changed while it was asked', async () => {
    const list = new TestList(bans(0, 30))
    const loaded = loadAll(list)
    list.items.shift()
    const lay = await askStretch(loaded, 0, async (cursor) => list.page(cursor, LIMIT))
    const changed = await refresh(loaded, 0, list)
    expect(lay(changed)).toBe(changed)
  })
})

describe('stretchesOf', () => {
  it('names the stretches that hold the visible rows', () => {
    const loaded = loadAll(new TestList(bans(0, 35)))
    expect(stretchesOf(loaded, 0, 5)).toEqual([0])
    expect(stretchesOf(loaded, 8, 12)).toEqual([0, 1])
    expect(stretchesOf(loaded, 900, 950)).toEqual([3])
  })
})
