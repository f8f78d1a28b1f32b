import { vi } from 'vitest'
import { HttpResponse, http, server, url } from '@/test/server'
import type { ActiveBan } from './ban-key'
import type { BanPage } from './ban-pages'
import { unbanState, undoUnban } from './pending-unbans'

const NOW = Date.now()

/** The ban number `n`, newer ones first: 192.0.2.0 was banned just now, 192.0.2.1 a second before. */
export function ban(n: number, change: Partial<ActiveBan> = {}): ActiveBan {
  return {
    host: 'local',
    jail: 'sshd',
    subject: `192.0.${2 + Math.floor(n / 256)}.${n % 256}`,
    kind: 'address',
    family: 'v4',
    bannedAt: new Date(NOW - n * 1_000).toISOString(),
    expiresAt: new Date(NOW + 600_000).toISOString(),
    permanent: false,
    ...change,
  }
}

export function bans(from: number, to: number): ActiveBan[] {
  return Array.from({ length: to - from }, (_, index) => ban(from + index))
}

/** A server's list that is paged by key, as the real one is: the cursor is the last subject that was given out. */
export class TestList {
  items: ActiveBan[]
  asked: URLSearchParams[] = []
  constructor(items: ActiveBan[]) {
    this.items = items
  }

  page(cursor: string | null, limit: number): BanPage {
    const place = (one: ActiveBan) => Date.parse(one.bannedAt ?? '')
    const rest = cursor === null ? this.items : this.items.filter((one) => place(one) < Number(cursor))
    const items = rest.slice(0, limit)
    const last = items.at(-1)
    return {
      items: items.map((one) => ({ ...one })),
      nextCursor: last && rest.length > limit ? String(place(last)) : null,
      total: this.items.length,
      asOf: new Date().toISOString(),
    }
  }

  serve(): void {
    server.use(
      http.get(url('/bans'), ({ request }) => {
        const query = new URL(request.url).searchParams
        this.asked.push(query)
        return HttpResponse.json(this.page(query.get('cursor'), Number(query.get('limit'))))
      }),
      http.get(url('/hosts/local/own-bans'), () => HttpResponse.json({ items: [], nextCursor: null })),
    )
  }
}

/** Gives elements a size: the pretended browser of the tests lays nothing out, and a virtual list would show nothing. */
export function pretendLayout(): void {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(160)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1_200)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(32)
}

/** Takes back what still waits, so that no test sends another's unban. */
export function takeBackUnbans(): void {
  for (const batch of unbanState().batches) undoUnban(batch.id)
}
