import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Schemas } from '@/api/client'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

let asked: URLSearchParams[] = []

function entry(id: number, change: Partial<Schemas['AuditEntryBody']> = {}): Schemas['AuditEntryBody'] {
  return {
    id: String(id),
    at: '2026-11-23T12:00:00.000Z',
    actor: { kind: 'user', name: 'admin' },
    address: '192.0.2.10',
    action: 'bans.created',
    host: 'local',
    target: `jail-${id}`,
    outcome: 'success',
    detail: {},
    ...change,
  }
}

function serve(pages: Record<string, Schemas['AuditPageBody']>) {
  server.use(
    http.get(url('/audit'), ({ request }) => {
      const query = new URL(request.url).searchParams
      asked.push(query)
      return HttpResponse.json(pages[query.get('cursor') ?? ''] ?? { items: [], nextCursor: null })
    }),
  )
}

describe('audit', () => {
  beforeEach(() => {
    asked = []
  })

  test('rows say who, from where, what, on what and how it ended, in the zone of the settings', async () => {
    serve({ '': { items: [entry(1, { outcome: 'refused' })], nextCursor: null } })
    renderPage('/audit')
    const row = (await screen.findByText('jail-1')).closest('tr')
    expect(row).toHaveTextContent('13:00:00 GMT+1')
    expect(row).toHaveTextContent('admin')
    expect(row).toHaveTextContent('192.0.2.10')
    expect(row).toHaveTextContent('Banned')
    expect(row).toHaveTextContent('refused')
  })

  test('what a visitor typed is shown as text, hidden characters visible', async () => {
    serve({ '': { items: [entry(1, { actor: { kind: 'visitor', name: 'ro\u202eot' } })], nextCursor: null } })
    renderPage('/audit')
    const row = (await screen.findByText('jail-1')).closest('tr')
    expect(row).toHaveTextContent('not signed in: roU+202Eot')
  })

  test('an action that is newer than the page shows its own name', async () => {
    serve({ '': { items: [entry(1, { action: 'planet.moved' as never })], nextCursor: null } })
    renderPage('/audit', { locale: 'de' })
    expect(await screen.findByText('planet.moved')).toBeInTheDocument()
  })

  test('filters of the URL are asked for, and a change goes into the URL', async () => {
    serve({})
    const { user, router } = renderPage('/audit?outcome=refused&user=eve&from=2026-11-23T00:00:00Z&action=nonsense%00')
    expect(await screen.findByText('Nothing matches')).toBeInTheDocument()
    expect(asked[0]?.get('outcome')).toBe('refused')
    expect(asked[0]?.get('user')).toBe('eve')
    expect(asked[0]?.get('from')).toBe('2026-11-23T00:00:00.000Z')
    expect(screen.getByLabelText('from')).toHaveValue('2026-11-23T01:00')
    await user.selectOptions(screen.getByLabelText('Outcome'), 'failed')
    await waitFor(() => expect(router.state.location.search).toMatchObject({ outcome: 'failed', user: 'eve' }))
    await user.click(screen.getByRole('button', { name: 'Clear filters' }))
    await waitFor(() => expect(router.state.location.search).toEqual({}))
    expect(await screen.findByText('Nothing has been done yet')).toBeInTheDocument()
  })

  test('typing a user waits for a pause, then filters', async () => {
    serve({ '': { items: [entry(1)], nextCursor: null } })
    const { user, router } = renderPage('/audit')
    await screen.findByText('jail-1')
    await user.type(screen.getByRole('searchbox', { name: 'User' }), 'admin')
    await waitFor(() => expect(router.state.location.search).toEqual({ user: 'admin' }))
    expect(asked.map((query) => query.get('user'))).toEqual([null, 'admin'])
  })

  test('older ones are loaded behind the first page', async () => {
    serve({
      '': { items: [entry(2)], nextCursor: 'older' },
      older: { items: [entry(1)], nextCursor: null },
    })
    const { user } = renderPage('/audit')
    await user.click(await screen.findByRole('button', { name: 'Load older ones' }))
    expect(await screen.findByText('jail-1')).toBeInTheDocument()
    expect(screen.getByText('jail-2')).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Load older ones' })).not.toBeInTheDocument()
  })

  test('details open and close', async () => {
    serve({ '': { items: [entry(1, { detail: { targets: ['203.0.113.7'] } as never })], nextCursor: null } })
    const { user } = renderPage('/audit')
    const row = (await screen.findByText('jail-1')).closest('tr') as HTMLElement
    const button = within(row).getByRole('button', { name: 'Details' })
    await user.click(button)
    expect(button).toHaveAttribute('aria-expanded', 'true')
    expect(screen.getByText(/"203\.0\.113\.7"/)).toBeInTheDocument()
    await user.click(button)
    expect(screen.queryByText(/"203\.0\.113\.7"/)).not.toBeInTheDocument()
  })

  test('a role that may not is told so', async () => {
    server.use(http.get(url('/audit'), () => problem('forbidden', 403)))
    renderPage('/audit')
    expect(await screen.findByText('Your role does not allow this.')).toBeInTheDocument()
  })
})
