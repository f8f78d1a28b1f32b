import { screen, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Schemas } from '@/api/client'
import { start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

const PASSWORD = 'correct horse battery'
const SOCKET = '/run/fail2ban/fail2ban.sock'
const defaults: Schemas['SetupDefaults'] = {
  timeZone: 'UTC',
  sessionIdleSeconds: 3_600,
  sessionAbsoluteSeconds: 604_800,
  socket: SOCKET,
}
const up: Schemas['DaemonBody'] = {
  state: 'up',
  version: '1.0.2',
  reason: null,
  detail: null,
  remedy: null,
  since: null,
}
const closed: Schemas['DaemonBody'] = {
  ...up,
  state: 'down',
  version: null,
  reason: 'noPermission',
  detail: 'mode 0700',
  remedy: 'usermod -a -G fail2ban bangui',
}

let sent: Schemas['SetupRequest'] | null = null
let completed = false

function serve({ token }: { token?: string } = {}) {
  const allowed = (request: Request) => token === undefined || request.headers.get('x-setup-token') === token
  const guarded =
    (answer: (request: Request) => Promise<Response> | Response) =>
    async ({ request }: { request: Request }) =>
      allowed(request) ? answer(request) : problem('setup-token', 403)
  server.use(
    http.get(url('/start'), () => HttpResponse.json(start(null, completed))),
    http.get(url('/setup'), ({ request }) =>
      HttpResponse.json({
        completed,
        tokenRequired: token !== undefined && !completed,
        defaults: !completed && allowed(request) ? defaults : null,
      }),
    ),
    http.get(
      url('/setup/connections'),
      guarded(() =>
        HttpResponse.json({ items: [{ socket: SOCKET, inUse: true, daemon: up, jails: ['sshd', 'postfix'] }] }),
      ),
    ),
    http.post(
      url('/setup/connection-test'),
      guarded(async (request) => {
        const { socket } = (await request.json()) as { socket: string }
        return HttpResponse.json({ socket, inUse: false, daemon: closed, jails: [] })
      }),
    ),
    http.post(
      url('/setup'),
      guarded(async (request) => {
        sent = (await request.json()) as Schemas['SetupRequest']
        completed = true
        return HttpResponse.json({ completed: true, tokenRequired: false, defaults: null }, { status: 201 })
      }),
    ),
  )
}

describe('setup wizard', () => {
  beforeEach(() => {
    sent = null
    completed = false
  })

  test('from password to sign-in sends what was chosen', async () => {
    serve()
    const { user, router } = renderPage('/setup')
    const next = () => user.click(screen.getByRole('button', { name: 'Continue' }))
    await user.type(await screen.findByLabelText('Password'), PASSWORD)
    await user.type(screen.getByLabelText('The same once more'), PASSWORD)
    await next()
    expect(await screen.findByText('answers, 1.0.2')).toBeInTheDocument()
    expect(screen.getByText(/2 jails run/)).toHaveTextContent('sshd, postfix')
    expect(screen.getByRole('radio', { name: /run\/fail2ban/ })).toBeChecked()
    await next()
    await user.selectOptions(screen.getByLabelText(/Time zone/), 'Europe/Berlin')
    await user.selectOptions(screen.getByLabelText(/unused/), '30 min')
    await next()
    await user.click(screen.getByRole('button', { name: 'Set up BanGUI' }))
    expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeInTheDocument()
    expect(router.state.location.pathname).toBe('/sign-in')
    expect(sent).toEqual({
      password: PASSWORD,
      timeZone: 'Europe/Berlin',
      sessionIdleSeconds: 1_800,
      sessionAbsoluteSeconds: 604_800,
      socket: SOCKET,
    })
  })

  test('a short password or an unequal repetition does not go on', async () => {
    serve()
    const { user } = renderPage('/setup')
    await user.type(await screen.findByLabelText('Password'), 'short')
    await user.type(screen.getByLabelText('The same once more'), 'other')
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    expect(screen.getByText('At least 12 characters are needed.')).toBeInTheDocument()
    expect(screen.getByText('The two differ.')).toBeInTheDocument()
    expect(screen.getByRole('heading', { level: 2 })).toHaveTextContent('Password of the administrator')
  })

  test('a remote visitor gives the token first, and every question carries it', async () => {
    serve({ token: 'printed-token' })
    const { user } = renderPage('/setup')
    const field = await screen.findByLabelText('Token')
    await user.type(field, 'guess')
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    expect(await screen.findByText('This token is not the right one.')).toBeInTheDocument()
    await user.clear(field)
    await user.type(field, 'printed-token')
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    await user.type(await screen.findByLabelText('Password'), PASSWORD)
    await user.type(screen.getByLabelText('The same once more'), PASSWORD)
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    expect(await screen.findByText('answers, 1.0.2')).toBeInTheDocument()
  })

  test('a path of one’s own is tried, and its remedy shown', async () => {
    serve()
    const { user } = renderPage('/setup', { locale: 'de' })
    await user.type(await screen.findByLabelText('Passwort'), PASSWORD)
    await user.type(screen.getByLabelText('Dasselbe noch einmal'), PASSWORD)
    await user.click(screen.getByRole('button', { name: 'Weiter' }))
    await user.type(await screen.findByLabelText('Ein anderer Pfad'), '/srv/f2b.sock{Enter}')
    const choice = await screen.findByRole('radio', { name: /srv\/f2b\.sock/ })
    expect(choice).toBeChecked()
    const label = choice.closest('label')
    expect(label && (await within(label).findByText('usermod -a -G fail2ban bangui'))).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Ohne Verbindung weiter' })).toBeEnabled()
  })

  test('what the server refuses at the end is shown and can be tried again', async () => {
    serve()
    server.use(http.post(url('/setup'), () => problem('database-read-only', 503, { detail: 'no space left' })))
    const { user } = renderPage('/setup')
    await user.type(await screen.findByLabelText('Password'), PASSWORD)
    await user.type(screen.getByLabelText('The same once more'), PASSWORD)
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    await screen.findByText('answers, 1.0.2')
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    await user.click(screen.getByRole('button', { name: 'Set up BanGUI' }))
    // Once for reading, once in the detail to copy.
    expect(await screen.findAllByText('no space left')).not.toHaveLength(0)
    expect(screen.getByRole('button', { name: 'Set up BanGUI' })).toBeEnabled()
  })

  test('once completed the page leads to the sign-in', async () => {
    completed = true
    serve()
    renderPage('/setup')
    expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeInTheDocument()
  })
})
