import { screen, waitFor } from '@testing-library/react'
import { useState } from 'react'
import { expect, test } from 'vitest'
import { renderWith } from '@/test/render'
import { HttpResponse, http, server, url } from '@/test/server'
import { FilterBar } from './FilterBar'
import { RangePicker } from './RangePicker'
import type { HistorySearch, RangeSearch } from './search'

let now: HistorySearch = {}
function Bar({ start }: { start: HistorySearch }) {
  const [value, setValue] = useState(start)
  now = value
  return <FilterBar value={value} fallback="24h" events onChange={(part) => setValue({ ...value, ...part })} />
}
let asked: URLSearchParams[] = []
function serveTop() {
  asked = []
  server.use(
    http.get(url('/stats/top'), ({ request }) => {
      const query = new URL(request.url).searchParams
      asked.push(query)
      const items =
        query.get('by') === 'country'
          ? [
              { key: 'CN', bans: 40, previous: 1 },
              { key: null, bans: 3, previous: 0 },
            ]
          : [{ key: '64500', asn: 64500, label: 'Example Net', bans: 9, previous: 2 }]
      return HttpResponse.json({ range: null, items, total: 43, exact: true })
    }),
  )
}

test('a chip is chosen from what happened, shows it, and is taken away again', async () => {
  serveTop()
  const { user } = renderWith(<Bar start={{ range: '7d', country: ['DE'], jail: ['sshd'] }} />)
  await user.click(screen.getByRole('button', { name: 'Country DE Germany' }))
  await user.click(await screen.findByRole('checkbox', { name: /CN China/ }))
  expect(now.country).toEqual(['DE', 'CN'])
  // The list offers what there is besides the own filter, in the page's range.
  expect(asked[0]?.getAll('country')).toEqual([])
  expect(asked[0]?.get('range')).toBe('7d')
  expect(asked[0]?.getAll('jail')).toEqual(['sshd'])
  await user.click(screen.getByRole('checkbox', { name: /Unknown country/ }))
  expect(now.country).toEqual(['DE', 'CN', 'ZZ'])
  await user.keyboard('{Escape}')
  expect(screen.queryByRole('checkbox')).not.toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Take away the filter Country' }))
  expect(now.country).toBeUndefined()
  expect(now.jail).toEqual(['sshd'])
})

test('a network is found by a typed number that has banned nobody', async () => {
  serveTop()
  const { user } = renderWith(<Bar start={{}} />)
  await user.click(screen.getByRole('button', { name: 'Filter by Network' }))
  expect(await screen.findByRole('checkbox', { name: /AS64500 Example Net/ })).toBeInTheDocument()
  await user.type(screen.getByRole('searchbox'), 'as 64501'.replace(' ', ''))
  await user.keyboard('{Enter}')
  expect(now.asn).toEqual([64501])
})

test('networks that are not in the list are said to be there, and how to find them', async () => {
  const all = Array.from({ length: 300 }, (_, n) => ({ key: `${64500 + n}`, asn: 64500 + n, bans: 1, previous: 0 }))
  let items = all
  server.use(http.get(url('/stats/top'), () => HttpResponse.json({ range: null, items, total: 999, exact: true })))
  const { user, unmount } = renderWith(<Bar start={{}} />)
  await user.click(screen.getByRole('button', { name: 'Filter by Network' }))
  expect(await screen.findByText(/^These are the 300 most frequent\./)).toHaveTextContent('by its number')
  unmount()
  items = all.slice(1)
  renderWith(<Bar start={{}} />)
  await user.click(screen.getByRole('button', { name: 'Filter by Network' }))
  expect(await screen.findByRole('checkbox', { name: /AS64501/ })).toBeInTheDocument()
  expect(screen.queryByText(/most frequent/)).not.toBeInTheDocument()
})

test('all filters are cleared at once, in German too', async () => {
  const { user } = renderWith(<Bar start={{ range: '7d', event: ['ban'], origin: ['manual'] }} />, { locale: 'de' })
  expect(screen.getByRole('button', { name: 'Herkunft von Hand' })).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Filter aufheben' }))
  expect(now.event).toBeUndefined()
  expect(now.origin).toBeUndefined()
  expect(now.range).toBe('7d')
})

let chosen: RangeSearch | null = null
const picker = (value: RangeSearch) => (
  <RangePicker
    value={value}
    fallback="24h"
    onChange={(range) => {
      chosen = range
    }}
  />
)

test('a range is chosen, and the default leaves the URL', async () => {
  const { user } = renderWith(picker({ range: '7d' }))
  await user.click(screen.getByRole('button', { name: 'Time range: Last 7 days' }))
  await user.click(screen.getByRole('button', { name: 'Last 30 days' }))
  expect(chosen).toEqual({ range: '30d' })
  await waitFor(() => expect(screen.queryByText('Last 365 days')).not.toBeInTheDocument())
  await user.click(screen.getByRole('button', { name: /Time range/ }))
  await user.click(screen.getByRole('button', { name: 'Last 24 hours' }))
  expect(chosen).toEqual({ range: undefined })
})

test('an own range is read in the zone of the settings', async () => {
  const from = '2026-11-23T11:00:00.000Z'
  const { user } = renderWith(picker({ from, until: '2026-11-23T13:00:00.000Z' }))
  const button = screen.getByRole('button', { name: /^Time range: Nov 23, 2026, 12:00\s–\s14:00$/ })
  await user.click(button)
  expect(screen.getByLabelText('From')).toHaveValue('2026-11-23T12:00')
  await user.clear(screen.getByLabelText('Until'))
  await user.type(screen.getByLabelText('Until'), '2026-11-23T11:00')
  expect(screen.getByRole('button', { name: 'Show' })).toBeDisabled()
  await user.clear(screen.getByLabelText('Until'))
  await user.click(screen.getByRole('button', { name: 'Show' }))
  expect(chosen).toEqual({ from, until: undefined })
})
