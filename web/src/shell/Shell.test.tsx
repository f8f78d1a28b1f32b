import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { keys } from '@/api/queries'
import { currentSession, hostStatus, session, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import { looksLikeAddress } from './CommandPalette'

function serveSessions() {
  server.use(http.get(url('/sessions'), () => HttpResponse.json({ items: [session()] })))
}

const down = () =>
  hostStatus({
    daemon: {
      state: 'down',
      version: null,
      reason: 'socketMissing',
      detail: '/run/fail2ban/fail2ban.sock does not exist',
      remedy: 'Start it.',
      since: new Date(Date.now() - 60_000).toISOString(),
    },
  })

describe('shell', () => {
  test('the status bar tells daemon, version and totals', async () => {
    serveSessions()
    renderPage('/sessions')
    const bar = await screen.findByRole('contentinfo')
    await waitFor(() => expect(bar).toHaveTextContent('fail2ban 1.0.2 up'))
    expect(bar).toHaveTextContent('Banned 42 / 310')
    expect(bar).toHaveTextContent('Failures 7 / 1,240')
    expect(bar).toHaveTextContent('live, as of now')
  })

  test('while fail2ban is down a bar says why and what to do, and it goes when fail2ban is back', async () => {
    serveSessions()
    let body = down()
    server.use(http.get(url('/hosts/local/status'), () => HttpResponse.json(body)))
    renderPage('/sessions', { locale: 'de' })
    const remedy = await screen.findByText(/systemctl start fail2ban/)
    const bar = remedy.closest('[role=alert]')
    expect(bar).toHaveTextContent('fail2ban ist nicht erreichbar: Sein Socket ist nicht da.')
    expect(bar).toHaveTextContent('Was zu tun ist: fail2ban starten')
    expect(bar).not.toHaveTextContent('Start it.')
    expect(screen.getByText(/does not exist/).closest('p')).toHaveAttribute('lang', 'en')
    body = hostStatus()
    await waitFor(() => expect(screen.queryByText(/systemctl start fail2ban/)).not.toBeInTheDocument(), {
      timeout: 15_000,
    })
  })

  test('while BanGUI itself does not answer the last numbers stay and are called old', async () => {
    serveSessions()
    const { queryClient } = renderPage('/sessions')
    await screen.findByText(/live, as of/)
    server.use(http.get(url('/hosts/local/status'), () => problem('busy', 503)))
    await act(() => queryClient.refetchQueries({ queryKey: keys.status }))
    expect(await screen.findByText(/reconnecting…/)).toBeInTheDocument()
    expect(screen.getByText('BanGUI does not answer.')).toBeInTheDocument()
    expect(screen.getByRole('contentinfo')).toHaveTextContent('Banned 42 / 310')
  })

  test('old numbers are called stale', async () => {
    serveSessions()
    server.use(
      http.get(url('/hosts/local/status'), () =>
        HttpResponse.json(hostStatus({ asOf: new Date(Date.now() - 60_000).toISOString() })),
      ),
    )
    renderPage('/sessions')
    expect(await screen.findByText(/stale since \d\d:\d\d:\d\d/)).toBeInTheDocument()
  })

  test('a viewer sees no audit in the navigation', async () => {
    serveSessions()
    server.use(http.get(url('/start'), () => HttpResponse.json(start(currentSession('viewer')))))
    renderPage('/sessions')
    const nav = await screen.findByRole('navigation')
    expect(within(nav).getByRole('link', { name: 'Jails' })).toBeInTheDocument()
    expect(within(nav).queryByRole('link', { name: 'Audit' })).not.toBeInTheDocument()
  })

  test('? lists the keys, but not while one writes', async () => {
    serveSessions()
    server.use(http.get(url('/audit'), () => HttpResponse.json({ items: [], nextCursor: null })))
    const { user } = renderPage('/audit')
    const search = await screen.findByRole('searchbox')
    await user.type(search, '?')
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
    search.blur()
    await user.keyboard('?')
    expect(await screen.findByRole('dialog', { name: 'Keys' })).toBeInTheDocument()
  })

  test('/ puts the cursor into the search of the page', async () => {
    server.use(http.get(url('/audit'), () => HttpResponse.json({ items: [], nextCursor: null })))
    const { user } = renderPage('/audit')
    const search = await screen.findByRole('searchbox')
    await user.keyboard('/')
    expect(search).toHaveFocus()
    expect(search).toHaveValue('')
  })

  test('the palette leads to a jail by keyboard', async () => {
    serveSessions()
    server.use(http.get(url('/hosts/local/jails/:jail'), () => problem('jail-not-found', 404)))
    const { user, router } = renderPage('/sessions')
    await screen.findByRole('navigation')
    await user.keyboard('{Control>}k{/Control}')
    const field = await screen.findByRole('combobox')
    await user.type(field, 'ssh')
    await screen.findByRole('option', { name: /sshd/ })
    await user.keyboard('{Enter}')
    await waitFor(() => expect(router.state.location.pathname).toBe('/jails/sshd'))
  })

  test('the palette takes an address to the search of the bans', async () => {
    serveSessions()
    server.use(http.get(url('/bans'), () => HttpResponse.json({ items: [], nextCursor: null, total: 0, asOf: null })))
    const { user, router } = renderPage('/sessions')
    await screen.findByRole('navigation')
    await user.keyboard('{Control>}k{/Control}')
    await user.type(await screen.findByRole('combobox'), '203.0.113.7{Enter}')
    await waitFor(() => expect(router.state.location.href).toContain('/bans?'))
    expect(router.state.location.search).toMatchObject({ search: '203.0.113.7' })
  })

  test('an unknown path says so', async () => {
    renderPage('/nowhere')
    expect(await screen.findByText('There is no such page.')).toBeInTheDocument()
  })

  test('a server that does not answer at the start is told, and can be tried again', async () => {
    serveSessions()
    let answers = false
    server.use(
      http.get(url('/start'), () => (answers ? HttpResponse.json(start(currentSession())) : problem('busy', 503))),
    )
    const { user } = renderPage('/sessions')
    expect(await screen.findByText('BanGUI is busy. Try again in a moment.')).toBeInTheDocument()
    answers = true
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('heading', { name: 'Sessions' })).toBeInTheDocument()
  })
})

test.each([
  ['203.0.113.7', true],
  ['203.0.113.', true],
  ['2001:db8::/32', true],
  ['::', false],
  ['sshd', false],
  ['cafe', false],
])('looksLikeAddress(%s) is %s', (text, expected) => {
  expect(looksLikeAddress(text)).toBe(expected)
})
