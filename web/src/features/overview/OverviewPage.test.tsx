import { act, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Schemas } from '@/api/client'
import { feed } from '@/features/live/use-live'
import { currentSession, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import { bucketBefore, bucketText, endOf, ticksOf } from './buckets'
import { merged } from './use-newest'

// happy-dom draws nothing.
vi.mock('@/components/chart/BarsOverTime', () => ({
  default: ({ label, bars, onActive, valueText }: Record<string, never> & { onActive: (index: number) => void }) => (
    <button type="button" aria-label={label} onClick={() => onActive(1)}>
      {String(bars)} {valueText}
    </button>
  ),
}))

const range = {
  from: '2026-11-23T10:00:00.000Z',
  until: '2026-11-23T13:00:00.000Z',
  previousFrom: '2026-11-23T07:00:00.000Z',
  timeZone: 'Europe/Berlin',
}
const series: Schemas['BanSeriesBody'] = {
  range,
  bucket: 'hour',
  buckets: [
    { start: '2026-11-23T10:00:00.000Z', bans: 5, previous: 1 },
    { start: '2026-11-23T11:00:00.000Z', bans: 0, previous: 2 },
    { start: '2026-11-23T12:00:00.000Z', bans: 7, previous: 0 },
  ],
  total: 12,
  previousTotal: 3,
}

function ban(id: number, change: Partial<Schemas['EventBody']> = {}): Schemas['EventBody'] {
  return {
    id: String(id),
    host: 'local',
    at: new Date(Date.now() - 60_000 + id).toISOString(),
    event: 'ban',
    jail: 'sshd',
    subject: `192.0.2.${id}`,
    kind: 'address',
    origin: 'detected',
    permanent: false,
    country: 'DE',
    asn: 64500,
    hasLines: false,
    ...change,
  }
}

let asked: URL[] = []
const answer = (body: unknown) => (request: Request) => {
  asked.push(new URL(request.url))
  return HttpResponse.json(body as never)
}
function serve(health: Schemas['JailHealthBody'][] = [], unheard: Schemas['UnheardBody'] | null = null) {
  const top = (items: unknown[]) => ({ range, items, total: 20, exact: true })
  server.use(
    http.get(url('/stats/bans'), ({ request }) => answer(series)(request)),
    http.get(url('/stats/top'), ({ request }) => {
      const by = new URL(request.url).searchParams.get('by')
      const items = {
        jail: [{ key: 'sshd', bans: 10, previous: 5 }],
        country: [{ key: null, country: null, bans: 8, previous: 8 }],
        network: [{ key: '64500', asn: 64500, label: 'Example Net', bans: 6, previous: 0 }],
      }[by ?? '']
      return answer(top(items ?? []))(request)
    }),
    http.get(url('/stats/heat'), ({ request }) =>
      answer({ range, timeZone: 'Europe/Berlin', cells: Array.from({ length: 7 }, () => Array(24).fill(1)) })(request),
    ),
    http.get(url('/stats/failing'), ({ request }) => answer({ since: range.from, items: [] })(request)),
    http.get(url('/hosts/local/health'), ({ request }) =>
      answer({ items: health, unheard, asOf: range.until })(request),
    ),
    http.get(url('/history'), ({ request }) =>
      answer({ items: [ban(2), ban(1)], nextCursor: null, total: null })(request),
    ),
  )
}
beforeEach(() => {
  asked = []
})
const panel = async (name: string) =>
  (await screen.findByRole('heading', { name, level: 2 })).closest('section') as HTMLElement

describe('overview', () => {
  test('the first page tells the figures and compares them with the period before', async () => {
    serve()
    renderPage('/')
    expect(await screen.findByRole('heading', { name: 'Overview' })).toBeInTheDocument()
    const bans = (await screen.findByText('12')).closest('div') as HTMLElement
    await waitFor(() => expect(bans).toHaveTextContent('Bans in this time12▲ 300% more than before before: 3'))
    expect(screen.getByText('Banned now').closest('div')).toHaveTextContent('42310 since the start')
    expect(asked[0]?.pathname).toBe('/api/v1/stats/bans')
    expect(asked[0]?.searchParams.get('range')).toBe('24h')
  })

  /** Where a link leads: its path and what its search says. */
  const goal = (link: HTMLElement) => {
    const { pathname, searchParams } = new URL(link.getAttribute('href') ?? '', 'http://localhost')
    return [pathname, Object.fromEntries(searchParams)]
  }
  const BANS = { event: '["ban"]', jail: '["sshd"]' }
  const BEFORE = { from: range.previousFrom, until: range.from }

  test('the number of the period before leads to its bans, in the chart and its table too', async () => {
    serve()
    const { user } = renderPage('/?range=7d&jail=sshd')
    expect(goal(await screen.findByRole('link', { name: 'before: 3' }))).toEqual(['/history', { ...BANS, ...BEFORE }])
    await user.click(await screen.findByRole('button', { name: 'Bans over time' }))
    const bucket = { from: '2026-11-23T08:00:00.000Z', until: '2026-11-23T09:00:00.000Z' }
    expect(goal(screen.getByRole('link', { name: 'before: 2' }))).toEqual(['/history', { ...BANS, ...bucket }])
    await user.click(screen.getByRole('button', { name: 'Show as table' }))
    const row = within(screen.getByRole('table', { name: 'Bans over time' })).getAllByRole('row')[2] as HTMLElement
    expect(goal(within(row).getByRole('link', { name: '2' }))).toEqual(['/history', { ...BANS, ...bucket }])
  })

  test('an hour of the week leads to its bans, reached by arrow keys from one stop', async () => {
    serve()
    const { user } = renderPage('/?jail=sshd')
    const table = await screen.findByRole('table', { name: 'Bans by weekday and hour' })
    const links = within(table).getAllByRole('link')
    // 10:00 to 13:00 in UTC is 11:00 to 14:00 in Berlin, on a Monday.
    expect(links.map(goal)).toEqual(
      ['10', '11', '12'].map((hour) => [
        '/history',
        { ...BANS, from: `2026-11-23T${hour}:00:00.000Z`, until: `2026-11-23T${Number(hour) + 1}:00:00.000Z` },
      ]),
    )
    expect(links.map((link) => link.tabIndex)).toEqual([0, -1, -1])
    links[0]?.focus()
    await user.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}{ArrowDown}')
    expect(links[2]).toHaveFocus()
    expect(links.map((link) => link.tabIndex)).toEqual([-1, -1, 0])
    expect(within(table).getByTitle('Tuesday 11–12: 1 on all these days together').querySelector('a')).toBeNull()
  })

  test.each(['viewer', 'operator'] as const)('who fails leads those to the log who may read it: %s', async (role) => {
    serve()
    const item = {
      host: 'local',
      jail: 'sshd',
      subject: '192.0.2.9',
      kind: 'address',
      failures: 4,
      lastAt: range.until,
    }
    server.use(
      http.get(url('/stats/failing'), () => HttpResponse.json({ since: range.from, items: [item] })),
      http.get(url('/start'), () => HttpResponse.json(start(currentSession(role)))),
    )
    renderPage('/')
    const table = await screen.findByRole('table', { name: 'Failing in the last hour' })
    const failures = await within(table).findByText('4')
    const link = failures.closest('a')
    expect(link && goal(link)).toEqual(role === 'viewer' ? null : ['/log', { text: '[sshd] Found 192.0.2.9 -' }])
  })

  test('what a list leaves out is in the table beside the map', async () => {
    serve()
    renderPage('/?range=7d&country=DE')
    const rest = await within(await panel('By network')).findByRole('link', { name: '14 more beyond these' })
    expect(goal(rest)).toEqual(['/map', { range: '7d', select: '["DE"]', list: 'networks' }])
  })

  test('lists name jails, countries and networks, and say what is unknown or new', async () => {
    serve()
    renderPage('/?range=7d&jail=sshd')
    const jails = await panel('By jail')
    await waitFor(() => expect(jails).toHaveTextContent('sshd10▲ 100% more than before10 more beyond these'))
    const countries = await panel('By country')
    await waitFor(() => expect(countries).toHaveTextContent('Unknown country8=as many as before'))
    const networks = await panel('By network')
    await waitFor(() => expect(networks).toHaveTextContent('AS64500 Example Net6new'))
    for (const question of asked.filter(({ pathname }) => pathname.endsWith('/stats/top'))) {
      expect(question.searchParams.get('range')).toBe('7d')
      expect(question.searchParams.getAll('jail')).toEqual(['sshd'])
    }
  })

  test('the chart has a table behind it', async () => {
    serve()
    const { user, router } = renderPage('/?range=7d')
    const chart = await screen.findByRole('button', { name: 'Bans over time' })
    expect(chart).toHaveTextContent('5,0,7')
    await user.click(chart)
    expect(chart).toHaveTextContent('Mon, Nov 23, 12:00 – 13:00: 0 bans, before: 2')
    await user.click(screen.getByRole('button', { name: 'Show as table' }))
    const rows = within(screen.getByRole('table', { name: 'Bans over time' })).getAllByRole('row')
    expect(rows).toHaveLength(4)
    expect(rows[3]).toHaveTextContent(/13:00.*14:00.*70/)
    expect(router.state.location.search).toEqual({ range: '7d', view: 'table' })
    await user.click(screen.getByRole('button', { name: 'Show as chart' }))
    await waitFor(() => expect(router.state.location.search).toEqual({ range: '7d' }))
  })

  /** Plays the feed: what is told to all who listen. */
  function playedFeed() {
    const listeners: ((events: Schemas['EventBody'][]) => void)[] = []
    vi.spyOn(feed, 'on').mockImplementation((kind, listener) => {
      if (kind === 'history') listeners.push(listener as (typeof listeners)[number])
      return () => {}
    })
    return (events: Schemas['EventBody'][]) => {
      for (const listener of listeners) listener(events)
    }
  }

  test('a ban that is told while the newest are asked for is among them', async () => {
    serve()
    let arrive: () => void = () => {}
    const asking = new Promise<void>((resolve) => {
      server.use(
        http.get(url('/history'), async () => {
          resolve()
          await new Promise<void>((answered) => {
            arrive = answered
          })
          return HttpResponse.json({ items: [ban(2)], nextCursor: null, total: null })
        }),
      )
    })
    const tell = playedFeed()
    renderPage('/')
    await asking
    act(() => tell([ban(3)]))
    arrive()
    const table = await screen.findByRole('table', { name: 'Newest bans' })
    await within(table).findByText('192.0.2.2')
    await within(table).findByText('192.0.2.3')
  })

  test('new bans come in live and stand still while paused', async () => {
    serve()
    const tell = playedFeed()
    const { user } = renderPage('/?jail=sshd')
    const table = await screen.findByRole('table', { name: 'Newest bans' })
    await within(table).findByText('192.0.2.2')
    act(() => tell([ban(3), ban(4, { jail: 'nginx' }), ban(5, { event: 'unban' })]))
    await within(table).findByText('192.0.2.3')
    expect(within(table).queryByText('192.0.2.4')).not.toBeInTheDocument()
    expect(within(table).queryByText('192.0.2.5')).not.toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Pause' }))
    act(() => tell([ban(6)]))
    expect(await screen.findByRole('button', { name: 'Go on (1 new)' })).toBeInTheDocument()
    expect(within(table).queryByText('192.0.2.6')).not.toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Go on (1 new)' }))
    await within(table).findByText('192.0.2.6')
  })

  test('a blind jail is named in plain words with what to do, in German too', async () => {
    serve([
      { jail: 'sshd', logs: [], alarms: [], unknown: [] },
      {
        jail: 'nginx',
        logs: [{ path: '/var/log/nginx/error.log' }],
        alarms: ['logRotatedAway'],
        unknown: [],
      },
    ])
    renderPage('/', { locale: 'de' })
    const health = await panel('Was Jails sehen')
    await within(health).findByText('Das Log wurde rotiert, und fail2ban liest noch die alte Datei.')
    expect(health).toHaveTextContent('/var/log/nginx/error.log')
    expect(within(health).queryByText('sshd')).not.toBeInTheDocument()
    expect(within(health).getByRole('link', { name: 'nginx' })).toHaveAttribute('href', '/jails/nginx?tab=sources')
  })

  test('a jail of which something cannot be known is not said to read its log', async () => {
    serve([
      { jail: 'sshd', logs: [], alarms: [], unknown: [] },
      { jail: 'nginx', logs: [], alarms: [], unknown: ['readingNotNoted', 'logNotSeen'] },
    ])
    renderPage('/')
    const health = await panel('What jails see')
    await within(health).findByText('How far fail2ban has read is noted nowhere.')
    within(health).getByText('BanGUI may not look at a log file; whether fail2ban can read it is not known.')
    expect(within(health).queryByText(/read their logs/)).not.toBeInTheDocument()
    expect(within(health).queryByText('sshd')).not.toBeInTheDocument()
  })

  test('a time of which nothing was heard is told though every jail is well', async () => {
    serve([{ jail: 'sshd', logs: [], alarms: [], unknown: [] }], {
      from: '2026-11-23T10:00:00Z',
      until: '2026-11-24T10:00:00Z',
    })
    renderPage('/')
    const health = await panel('What jails see')
    await within(health).findByText(/bans and failures may be missing/)
    expect(within(health).queryByText(/reads its log/)).not.toBeInTheDocument()
  })

  test('a part that fails says so, and the others stand', async () => {
    serve()
    server.use(http.get(url('/stats/heat'), () => problem('invalid', 422)))
    renderPage('/')
    expect(await within(await panel('When they come')).findByRole('alert')).toBeInTheDocument()
    expect(await within(await panel('By jail')).findByText('sshd')).toBeInTheDocument()
  })
})

describe('buckets', () => {
  test('a bucket goes on until the next one, the last one until the end', () => {
    expect(endOf(series, 0)).toBe('2026-11-23T11:00:00.000Z')
    expect(endOf(series, 2)).toBe(range.until)
  })

  test('the bucket of the period before lies as many days earlier, whatever clocks do in between', () => {
    const days = {
      ...series,
      bucket: 'day' as const,
      // Berlin puts its clocks back on October 25.
      range: {
        ...range,
        from: '2026-10-25T23:00:00.000Z',
        until: '2026-10-27T23:00:00.000Z',
        previousFrom: '2026-10-23T22:00:00.000Z',
      },
      buckets: ['2026-10-25T23:00:00.000Z', '2026-10-26T23:00:00.000Z'].map((start) => ({
        start,
        bans: 0,
        previous: 0,
      })),
    }
    expect(bucketBefore(days, 0)).toEqual({ from: '2026-10-23T22:00:00.000Z', until: '2026-10-24T22:00:00.000Z' })
    expect(bucketBefore(days, 1)).toEqual({ from: '2026-10-24T22:00:00.000Z', until: '2026-10-25T23:00:00.000Z' })
  })

  test('a day is named as a day, and a week by its last day', () => {
    const days = {
      ...series,
      bucket: 'week' as const,
      buckets: [
        { start: '2026-11-01T23:00:00.000Z', bans: 0, previous: 0 },
        { start: '2026-11-08T23:00:00.000Z', bans: 0, previous: 0 },
      ],
    }
    expect(bucketText('en', days, 0)).toMatch(/^Nov 2\s–\s8, 2026$/)
    expect(
      bucketText('en', { ...days, bucket: 'day', range: { ...range, until: '2026-11-09T23:00:00.000Z' } }, 1),
    ).toBe('Mon, Nov 9, 2026')
  })

  test('hours are marked at whole parts of the local day, and no more than have room', () => {
    const start = Date.parse('2026-11-22T13:00:00.000Z')
    const day = {
      ...series,
      range: { ...range, from: new Date(start).toISOString(), until: new Date(start + 24 * 3_600_000).toISOString() },
      buckets: Array.from({ length: 24 }, (_, hour) => ({
        start: new Date(start + hour * 3_600_000).toISOString(),
        bans: 0,
        previous: 0,
      })),
    }
    expect([...ticksOf('de', day, 400).values()]).toEqual(['18:00', '00:00', '06:00', '12:00'])
    expect(ticksOf('de', day, 2_000).size).toBe(24)
  })
})

test('an event that is told again takes its own place, and only the newest are kept', () => {
  const known = Array.from({ length: 10 }, (_, index) => ban(10 - index))
  const next = merged(known, [ban(11), ban(5, { failures: 7 })])
  expect(next.map(({ id }) => id)).toEqual(['11', '10', '9', '8', '7', '6', '5', '4', '3', '2'])
  expect(next[6]?.failures).toBe(7)
})
