import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { mapRoute, thresholds } from '@/routes/map'
import { renderPage } from '@/test/render'
import { HttpResponse, http, server, url } from '@/test/server'
import { drawnCounts } from './counts'

const range = {
  from: '2026-11-22T12:00:00.000Z',
  until: '2026-11-23T12:00:00.000Z',
  previousFrom: '2026-11-21T12:00:00.000Z',
  timeZone: 'Europe/Berlin',
}
let asked: URLSearchParams[] = []
beforeEach(() => {
  asked = []
  server.use(
    http.get(url('/stats/top'), ({ request }) => {
      const query = new URL(request.url).searchParams
      asked.push(query)
      const wanted = query.getAll('country')
      const all = [
        { key: 'CN', country: 'CN', bans: 40, previous: 20 },
        { key: 'SG', country: 'SG', bans: 9, previous: 0 },
        { key: 'FR', country: 'FR', bans: 2, previous: 2 },
        { key: 'RE', country: 'RE', bans: 1, previous: 0 },
        { key: null, country: null, bans: 5, previous: 0 },
      ]
      const items = {
        country: all.filter((item) => wanted.length === 0 || wanted.includes(item.key ?? 'ZZ')),
        network: [{ key: '64500', asn: 64500, label: 'Example Net', bans: 3, previous: 0 }],
        subject: [{ key: '192.0.2.1', country: 'CN', bans: 3, previous: 0 }],
      }[query.get('by') ?? '']
      return HttpResponse.json({ range, items, total: 57, exact: true })
    }),
  )
})

describe('map', () => {
  test('countries with bans can be chosen, small ones too, and what has no place is told beside', async () => {
    renderPage('/map?range=7d')
    const map = await screen.findByRole('listbox', { name: /Countries by bans/ })
    const names = within(map)
      .getAllByRole('option')
      .map((option) => option.getAttribute('aria-label'))
    expect(names.sort()).toEqual(['China: 40', 'France: 3', 'Singapore: 9'])
    expect(screen.getByText('Not on the map:').closest('p')).toHaveTextContent('Unknown country 5 bans')
    expect(asked[0]?.get('range')).toBe('7d')
  })

  test('a click selects a country: the URL says it, the table narrows, the map goes on showing all', async () => {
    const { user, router } = renderPage('/map')
    await user.click(await screen.findByRole('option', { name: 'France: 3' }))
    await waitFor(() => expect(router.state.location.search).toMatchObject({ select: ['FR', 'RE'] }))
    const table = await screen.findByRole('table', { name: 'Bans by country' })
    await waitFor(() => expect(within(table).queryByText('China')).not.toBeInTheDocument())
    expect(within(table).getByText('Réunion')).toBeInTheDocument()
    expect(screen.getByRole('option', { name: 'China: 40' })).toHaveAttribute('aria-selected', 'false')
    expect(screen.getByRole('option', { name: 'France: 3' })).toHaveAttribute('aria-selected', 'true')
  })

  test('arrow keys move over countries and Enter selects several', async () => {
    const { user, router } = renderPage('/map?select=SG')
    const map = await screen.findByRole('listbox', { name: /Countries by bans/ })
    map.focus()
    const active = () => document.getElementById(map.getAttribute('aria-activedescendant') ?? '')
    await user.keyboard('{ArrowRight}')
    await waitFor(() => expect(active()).toHaveAccessibleName('France: 3'))
    await user.keyboard('{ArrowRight}')
    await waitFor(() => expect(active()).toHaveAccessibleName('China: 40'))
    const seen = () => (map.getAttribute('viewBox') ?? '').split(' ').map(Number)
    const [left = 0, , whole = 0] = seen()
    await user.keyboard('+')
    // It zooms about the country: what lies left of it is cut off, and it stays in view.
    await waitFor(() => expect(seen()[2]).toBeLessThan(whole))
    expect(seen()[0]).toBeGreaterThan(left + (whole - (seen()[2] ?? 0)) / 2)
    await user.keyboard('{Enter}')
    await waitFor(() => expect(router.state.location.search).toMatchObject({ select: ['SG', 'CN'] }))
    await user.keyboard('{Escape}')
    await waitFor(() => expect(router.state.location.search).not.toHaveProperty('select', expect.anything()))
  })

  test('the table sorts by each column, and lists networks and addresses, in German', async () => {
    const { user, router } = renderPage('/map', { locale: 'de' })
    const table = await screen.findByRole('table', { name: 'Sperren nach Land' })
    const first = () => within(table).getAllByRole('row')[1]
    expect(first()).toHaveTextContent('China')
    await user.click(within(table).getByRole('button', { name: 'Land' }))
    await waitFor(() => expect(first()).toHaveTextContent('China'))
    await user.click(within(table).getByRole('button', { name: 'Land' }))
    await waitFor(() => expect(first()).toHaveTextContent('Unbekanntes Land'))
    expect(router.state.location.search).toMatchObject({ sort: 'name', order: 'desc' })
    await user.click(screen.getByRole('tab', { name: 'Netze' }))
    expect(await screen.findByText('AS64500 Example Net')).toBeInTheDocument()
    await user.click(screen.getByRole('tab', { name: 'Adressen' }))
    expect(await screen.findByText('192.0.2.1')).toBeInTheDocument()
  })

  test('countries do not stand in for addresses while these are asked for', async () => {
    const { user } = renderPage('/map')
    await screen.findByRole('table', { name: 'Bans by country' })
    let arrive: (() => void) | undefined
    server.use(
      http.get(url('/stats/top'), async () => {
        await new Promise<void>((answered) => {
          arrive = answered
        })
        const items = [{ key: '192.0.2.1', country: 'CN', bans: 3, previous: 0 }]
        return HttpResponse.json({ range, items, total: 3, exact: true })
      }),
    )
    await user.click(screen.getByRole('tab', { name: 'Addresses' }))
    await waitFor(() => expect(arrive).toBeDefined())
    expect(screen.queryByRole('table')).not.toBeInTheDocument()
    arrive?.()
    await within(await screen.findByRole('table', { name: 'Bans by address' })).findByText('192.0.2.1')
  })

  test('every ban of the selection is listed, a page after the other', async () => {
    const ban = (id: number) => ({
      id: String(id),
      host: 'local',
      at: new Date(Date.UTC(2026, 10, 23, 11, 0, id)).toISOString(),
      event: 'ban',
      jail: 'sshd',
      subject: `192.0.2.${id}`,
      kind: 'address',
      origin: 'detected',
      permanent: false,
      country: 'FR',
      hasLines: false,
    })
    const questions: URLSearchParams[] = []
    server.use(
      http.get(url('/history'), ({ request }) => {
        const query = new URL(request.url).searchParams
        questions.push(query)
        return query.get('cursor') === 'next'
          ? HttpResponse.json({ items: [ban(1)], nextCursor: null, total: null })
          : HttpResponse.json({ items: [ban(3), ban(2)], nextCursor: 'next', total: { count: 3, more: false } })
      }),
    )
    const { user, router } = renderPage('/map?range=7d&select=FR&sort=name&order=asc')
    await user.click(await screen.findByRole('tab', { name: 'Bans' }))
    await screen.findByRole('table', { name: 'Bans of the selection' })
    expect(router.state.location.search).toEqual({ range: '7d', select: ['FR'], list: 'bans' })
    await waitFor(() => expect(questions.map((query) => query.get('cursor'))).toEqual([null, 'next']))
    for (const query of questions) {
      expect([query.get('range'), query.get('country'), query.get('event')]).toEqual(['7d', 'FR', 'ban'])
    }
    expect(screen.getByRole('link', { name: 'All 3 bans in the history' })).toHaveAttribute(
      'href',
      expect.stringMatching(/^\/history\?.*range=7d.*event=.*ban/),
    )
  })

  test('the bans of the period before lead to their list', async () => {
    renderPage('/map?select=CN')
    const table = await screen.findByRole('table', { name: 'Bans by country' })
    const link = await within(table).findByRole('link', { name: '20' })
    const { pathname, searchParams } = new URL(link.getAttribute('href') ?? '', 'http://localhost')
    expect([pathname, Object.fromEntries(searchParams)]).toEqual([
      '/history',
      { event: '["ban"]', country: '["CN"]', from: range.previousFrom, until: range.from },
    ])
  })

  test('a list that is too long says how much of it is shown, and leads to every ban', async () => {
    const items = Array.from({ length: 300 }, (_, index) => ({ key: `192.0.2.${index}`, bans: 2, previous: 0 }))
    server.use(
      http.get(url('/stats/top'), () => HttpResponse.json({ range, items, total: 1_234, exact: true })),
      http.get(url('/history'), () => HttpResponse.json({ items: [], nextCursor: null, total: null })),
    )
    const { user, router } = renderPage('/map?list=addresses')
    expect(await screen.findByText(/Shown are the 300/)).toHaveTextContent('with 600 of 1,234 bans.')
    await user.click(screen.getByRole('button', { name: 'List every ban' }))
    await waitFor(() => expect(router.state.location.search).toMatchObject({ list: 'bans' }))
  })

  test('a long list that is whole does not say that there is more', async () => {
    const items = Array.from({ length: 300 }, (_, index) => ({ key: `192.0.2.${index}`, bans: 2, previous: 0 }))
    server.use(http.get(url('/stats/top'), () => HttpResponse.json({ range, items, total: 600, exact: true })))
    renderPage('/map?list=addresses')
    expect(await screen.findByRole('link', { name: 'All 600 bans in the history' })).toBeInTheDocument()
    expect(screen.queryByText(/Shown are the 300/)).not.toBeInTheDocument()
  })

  test('own thresholds stand in the URL and in the legend', async () => {
    const { user, router } = renderPage('/map')
    await user.click(await screen.findByRole('button', { name: 'steps' }))
    const field = screen.getByRole('textbox', { name: 'Own numbers' })
    await user.clear(field)
    await user.type(field, '1 10 x')
    expect(screen.getByText('Whole numbers from 1 on, each once, at most seven.')).toBeInTheDocument()
    await user.clear(field)
    await user.type(field, '1 10')
    await user.click(screen.getByRole('button', { name: 'Use these' }))
    await waitFor(() => expect(router.state.location.search).toMatchObject({ at: [1, 10] }))
    const legend = screen.getByRole('list', { name: 'What the colours mean' })
    expect(legend).toHaveTextContent('none1–910+')
  })
})

test('French departments are counted with France, and the unknown is counted apart', () => {
  const { drawn, elsewhere } = drawnCounts([
    { key: 'FR', bans: 2, previous: 0 },
    { key: 'GP', bans: 3, previous: 0 },
    { key: null, bans: 4, previous: 0 },
  ])
  expect(drawn.get('FR')).toEqual({ code: 'FR', bans: 5, codes: ['FR', 'GP'] })
  expect(elsewhere).toEqual([{ code: 'ZZ', bans: 4, codes: ['ZZ'] }])
})

test('what the URL says is read strictly', () => {
  expect(thresholds([5, 1, 1, -3, 2.5, 9])).toEqual([1, 5, 9])
  expect(thresholds([0])).toBeUndefined()
  const read = mapRoute.options.validateSearch as (raw: Record<string, unknown>) => unknown
  expect(read({ select: ['de', 'x1'], steps: 99, list: 'oops', at: ['10', '1'] })).toMatchObject({
    select: ['DE'],
    steps: undefined,
    list: undefined,
    at: [1, 10],
  })
})
