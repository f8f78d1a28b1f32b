import type { Schemas } from '@/api/client'
import { UNKNOWN_COUNTRY } from '@/lib/country'
import { drawnAs } from './world'

export type Drawn = { code: string; bans: number /** The codes that are drawn as this country. */; codes: string[] }

/** Counts by the country under whose outline they are drawn, and apart those that the map has no place for. */
export function drawnCounts(items: readonly Schemas['TopItemBody'][]): {
  drawn: Map<string, Drawn>
  elsewhere: Drawn[]
} {
  const drawn = new Map<string, Drawn>()
  const elsewhere: Drawn[] = []
  for (const item of items) {
    const code = item.key ?? UNKNOWN_COUNTRY
    const place = drawnAs(code)
    if (!place) {
      elsewhere.push({ code, bans: item.bans, codes: [code] })
      continue
    }
    const found = drawn.get(place) ?? { code: place, bans: 0, codes: [] }
    found.bans += item.bans
    found.codes.push(code)
    drawn.set(place, found)
  }
  return { drawn, elsewhere }
}
