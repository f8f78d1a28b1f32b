import { screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Schemas } from '@/api/client'
import { pretendLayout } from '@/features/bans/test-bans'
import { renderPage } from '@/test/render'
import { HttpResponse, http, server, url } from '@/test/server'

const ban: Schemas['EventBody'] = {
  id: 'e2',
  host: 'local',
  at: '2026-11-23T12:00:00.000Z',
  event: 'ban',
  jail: 'sshd',
  subject: '192.0.2.1',
  kind: 'address',
  family: 'v4',
  origin: 'detected',
  permanent: false,
  bantimeSeconds: 600,
  until: '2026-11-23T12:10:00.000Z',
  failures: 5,
  banCount: 2,
  country: 'FR',
  asn: 64500,
  networkName: 'Example Net',
  hasLines: true,
}
const end: Schemas['EventBody'] = {
  ...ban,
  id: 'e1',
  event: 'unban',
  cause: 'byHand',
  subject: '2001:db8::1',
  hasLines: false,
}
let asked: URLSearchParams[] = []

beforeEach(() => {
  pretendLayout()
  asked = []
  server.use(
    http.get(url('/history'), ({ request }) => {
      asked.push(new URL(request.url).searchParams)
      return HttpResponse.json({ items: [ban, end], nextCursor: null, total: { count: 2, more: false } })
    }),
    http.get(url('/history/e2'), () =>
      HttpResponse.json({ event: ban, lines: ['Failed password for \u202eroot from 192.0.2.1 port 22'] }),
    ),
  )
})

afterEach(() => vi.restoreAllMocks())

describe('history', () => {
  test('events are told with what, whom and why, and the filters of the URL are asked for', async () => {
    renderPage('/history?jail=%5B%22sshd%22%5D&address=192.0.2.0%2F24')
    const table = await screen.findByRole('table', { name: 'History' })
    const [first, second] = await within(table).findAllByRole('button', { name: /^Details of/ })
    expect(first).toHaveAccessibleName('Details of ban 192.0.2.1')
    expect(second).toHaveAccessibleName('Details of unban 2001:db8::1')
    expect(within(table).getByText('by hand')).toBeInTheDocument()
    expect(within(table).getByRole('link', { name: '192.0.2.1' })).toHaveAttribute('href', '/address/192.0.2.1')
    expect(asked[0]?.getAll('jail')).toEqual(['sshd'])
    expect(asked[0]?.get('address')).toBe('192.0.2.0/24')
  })

  test('a row that is opened shows the log lines with the address marked and hidden characters visible', async () => {
    const { user } = renderPage('/history')
    await user.click(await screen.findByRole('button', { name: 'Details of ban 192.0.2.1' }))
    const mark = await waitFor(() => {
      const found = document.querySelector('mark')
      expect(found).not.toBeNull()
      return found as HTMLElement
    })
    expect(mark).toHaveTextContent('192.0.2.1')
    const line = mark.closest('li')
    expect(line?.textContent).not.toContain('\u202e')
    expect(line?.textContent).toContain('202E')
  })

  test('the order turns by a click and stands in the URL', async () => {
    const { user, router } = renderPage('/history')
    await user.click(await screen.findByRole('button', { name: 'When' }))
    await waitFor(() => expect(router.state.location.search).toMatchObject({ order: 'asc' }))
    await waitFor(() => expect(asked.at(-1)?.get('order')).toBe('asc'))
  })
})
