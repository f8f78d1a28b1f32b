import type { Schemas } from '@/api/client'

type Event = Schemas['EventBody']
type Page = Schemas['HistoryPageBody']

/** Newest first, as the server orders them. */
function newestFirst(a: Event, b: Event): number {
  return Date.parse(b.at) - Date.parse(a.at) || Number(b.id) - Number(a.id)
}

/** Pages in which events that are told again have taken their own place; the same pages when there are none. */
export function updated(pages: Page[], told: readonly Event[]): Page[] {
  const again = new Map(told.map((event) => [event.id, event]))
  if (!pages.some((page) => page.items.some(({ id }) => again.has(id)))) return pages
  return pages.map((page) => ({ ...page, items: page.items.map((event) => again.get(event.id) ?? event) }))
}

/** Pages of a list that is newest first, with further events where they belong: each once, and counted in the total. */
export function merged(pages: Page[], told: readonly Event[]): Page[] {
  const known = new Set(pages.flatMap((page) => page.items.map(({ id }) => id)))
  const fresh = [...new Map(told.filter(({ id }) => !known.has(id)).map((event) => [event.id, event])).values()]
  if (fresh.length === 0) return updated(pages, told)
  const left = new Set(fresh)
  const grown = updated(pages, told).map((page) => {
    const last = page.items.at(-1)
    // What is older than the last one that is loaded comes with the next page; at the end of all there is none.
    const here = [...left].filter((event) => !page.nextCursor || (last && newestFirst(event, last) < 0))
    for (const event of here) left.delete(event)
    return here.length > 0 ? { ...page, items: [...page.items, ...here].sort(newestFirst) } : page
  })
  return grown.map((page, index) =>
    index === 0 && page.total
      ? { ...page, total: page.total.more ? page.total : { ...page.total, count: page.total.count + fresh.length } }
      : page,
  )
}
