import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Schemas } from '@/api/client'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import { item, option } from '../config/test-config'
import { jailDetail } from './test-jail'

let detail = jailDetail()
const asked: { method: string; path: string; body: unknown }[] = []

async function note(request: Request) {
  const path = new URL(request.url)
  const body: unknown = request.method === 'DELETE' ? null : await request.json()
  asked.push({ method: request.method, path: path.pathname + path.search, body })
}

function settings(change: Partial<Schemas['JailSettingsBody']>) {
  detail = jailDetail({}, { ...detail.settings, ...change })
}

beforeEach(() => {
  detail = jailDetail()
  asked.length = 0
  server.use(
    http.get(url('/hosts/local/jails/:jail'), () => HttpResponse.json(detail)),
    http.get(url('/bans'), () => HttpResponse.json({ items: [], nextCursor: null, total: 0, asOf: detail.asOf })),
  )
})

describe('JailPage', () => {
  it('finds a jail whose name needs escaping, and asks for exactly it', async () => {
    const name = 'web server/ü 100%'
    let heard: unknown
    server.use(
      http.get(url('/hosts/local/jails/:jail'), ({ params }) => {
        heard = params.jail
        return HttpResponse.json(jailDetail({ name }))
      }),
    )
    renderPage(`/jails/${encodeURIComponent(name)}?tab=sources`)
    expect(await screen.findByRole('heading', { level: 1 })).toHaveTextContent(`/${name}`)
    expect(await screen.findByText('/var/log/auth.log')).toBeVisible()
    expect(heard).toBe(name)
  })

  it('keeps the tab in the URL', async () => {
    const { router, user } = renderPage('/jails/sshd')
    await user.click(await screen.findByRole('tab', { name: /Actions/ }))
    expect(await screen.findByText('nftables')).toBeVisible()
    expect(router.state.location.search).toEqual({ tab: 'actions' })
  })

  it('shows the files beside what runs, and leads to the configuration', async () => {
    const setAt = { file: 'jail.local', line: 7, section: 'sshd' }
    server.use(
      http.get(url('/hosts/local/config/items/jails/sshd'), () =>
        HttpResponse.json(item({ options: [option({ value: '3', setAt, differs: true })] })),
      ),
    )
    renderPage('/jails/sshd?tab=settings')
    expect(await screen.findByText(/not what runs/)).toHaveTextContent('jail.local:7 says 3 (not what runs)')
    const main = within(screen.getByRole('main'))
    expect(main.getByRole('link', { name: 'Configuration' })).toHaveAttribute('href', '/config/jails/sshd')
  })

  it('tells what it last saw and did, how far it has read, and what to do when it may be blind', async () => {
    const now = Date.now()
    const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString()
    const logs = [
      { path: '/var/log/auth.log', writtenAt: ago(3), size: 5_000, readTo: 5_000 },
      { path: '/var/log/old.log', writtenAt: ago(90), size: 2_000, readTo: 500 },
      { path: '/var/log/gone.log' },
    ]
    const health: Schemas['JailHealthBody'] = {
      jail: 'sshd',
      logs,
      lastFailureAt: ago(4),
      lastBanAt: ago(60),
      alarms: ['logMissing', 'clockDiffers'],
      unknown: ['matchesNotHeard'],
    }
    detail = jailDetail({ source: { kind: 'files', entries: logs.map(({ path }) => path) } })
    server.use(http.get(url('/hosts/local/health'), () => HttpResponse.json({ items: [health], asOf: ago(0) })))
    renderPage('/jails/sshd?tab=sources')
    const term = async (name: string) => (await screen.findByText(name, { selector: 'dt' })).parentElement
    await waitFor(async () => expect(await term('Last failure seen')).toHaveTextContent('4 min. ago'))
    expect(await term('Last ban')).toHaveTextContent('1 hr. ago')
    expect(await term('Last read')).toHaveTextContent(
      'as far as known, fail2ban has noted its position up to 1,500 bytes before the end; it notes it only now and then',
    )
    const alarm = screen.getByText('This jail may be blind.').closest('[role=status]')
    expect(alarm).toHaveTextContent('A log file is not there. Start the service that writes it')
    expect(alarm).toHaveTextContent('Correct the clock, or the time zone that the service logs in')
    expect(screen.getByText(/Whether lines match is not heard/)).toBeInTheDocument()
    const files = await screen.findByRole('table', { name: 'Log files' })
    const rows = within(files)
      .getAllByRole('row')
      .map((row) => row.textContent)
    expect(rows[1]).toMatch(/auth\.log.*3 min\. ago5,000the end/)
    expect(rows[2]).toMatch(/old\.log.*1 hr\. ago2,0005001,500 before the end/)
    expect(rows[3]).toMatch(/gone\.log.*–––/)
  })

  const READ = { path: '/var/log/auth.log', writtenAt: '2026-01-01T00:00:00Z', size: 5_000, readTo: 5_000 }
  const BEHIND = { ...READ, path: '/var/log/old.log', readTo: 3_500 }
  const UNSEEN = { path: '/var/log/secure' }
  it.each([
    ['en', [READ], /^Last readall that was written, the last .+ ago$/],
    [
      'en',
      [READ, BEHIND],
      /^Last readfail2ban has noted its position up to 1,500 bytes before the end; it notes it only now and then$/,
    ],
    ['en', [READ, UNSEEN], /^Last readas far as known, all that was written$/],
    ['de', [READ, UNSEEN], /^Zuletzt gelesensoweit bekannt, alles Geschriebene$/],
    [
      'de',
      [BEHIND, UNSEEN],
      /^Zuletzt gelesensoweit bekannt, hat fail2ban seine Stelle bis 1\.500 Bytes vor dem Ende vermerkt; das tut es nur ab und zu$/,
    ],
    ['en', [UNSEEN], /^Last readnot known$/],
  ] as const)('says of its logs only what is known of all of them: %s %j', async (locale, logs, said) => {
    const health = { jail: 'sshd', logs, alarms: [], unknown: [] }
    server.use(http.get(url('/hosts/local/health'), () => HttpResponse.json({ items: [health], asOf: detail.asOf })))
    renderPage('/jails/sshd', { locale })
    const term = await screen.findByText(locale === 'en' ? 'Last read' : 'Zuletzt gelesen', { selector: 'dt' })
    await waitFor(() => expect(term.parentElement?.textContent).toMatch(said))
  })

  it('says in German what keeps a jail from seeing', async () => {
    const blind = { jail: 'sshd', logs: [], alarms: ['logRotatedAway'], unknown: [] }
    server.use(http.get(url('/hosts/local/health'), () => HttpResponse.json({ items: [blind], asOf: detail.asOf })))
    renderPage('/jails/sshd', { locale: 'de' })
    const alarm = (await screen.findByText('Dieses Jail ist vielleicht blind.')).closest('[role=status]')
    expect(alarm).toHaveTextContent('Das Log wurde rotiert, und fail2ban liest noch die alte Datei.')
  })

  it('says that there is no such jail, and leads back', async () => {
    server.use(http.get(url('/hosts/local/jails/:jail'), () => problem('jail-not-found', 404)))
    renderPage('/jails/nojail%E2%80%AE')
    const link = await screen.findByRole('link', { name: 'To all jails' })
    expect(link).toHaveAttribute('href', '/jails')
    expect(screen.getByText('U+202E')).toBeVisible()
  })

  it('explains a stopped jail and starts it', async () => {
    detail = jailDetail({ name: 'postfix', state: 'stopped', source: null, settings: null })
    server.use(
      http.post(url('/hosts/local/jails/postfix/start'), () =>
        HttpResponse.json({ name: 'postfix', state: 'running' }),
      ),
    )
    const { user } = renderPage('/jails/postfix?tab=settings')
    expect(await screen.findByText('Nothing to show while the jail is stopped.')).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Start' }))
    expect(await screen.findByText('postfix is running.')).toBeVisible()
  })

  it('says the rule in one sentence', async () => {
    renderPage('/jails/sshd?tab=settings')
    expect(await screen.findByText('5 failures within 10 min ban an address for 10 min.')).toBeVisible()
  })

  it('changes a setting in place after checking it, and shows what the daemon runs with', async () => {
    server.use(
      http.patch(url('/hosts/local/jails/sshd/settings'), async ({ request }) => {
        await note(request)
        settings({ bantimeSeconds: 5_400 })
        return HttpResponse.json(detail.settings)
      }),
    )
    const { user } = renderPage('/jails/sshd?tab=settings')
    await user.click(await screen.findByRole('button', { name: /Change\s*Ban time/ }))
    const field = screen.getByRole('textbox', { name: 'Ban time' })
    expect(field).toHaveValue('10m')
    await user.clear(field)
    await user.type(field, 'banana{Enter}')
    expect(await screen.findByText('Write a time such as 10m, 1h 30m or 2d.')).toBeVisible()
    expect(asked).toEqual([])
    await user.clear(field)
    await user.type(field, '1h 30m{Enter}')
    expect(await screen.findByText('sshd: bantime is 1 h 30 min until the next reload.')).toBeVisible()
    expect(asked.map((one) => one.body)).toEqual([{ bantimeSeconds: 5_400 }])
    expect(await screen.findByText('(5,400 s)')).toBeVisible()
  })

  it('puts the server’s message at the field', async () => {
    server.use(
      http.patch(url('/hosts/local/jails/sshd/settings'), () =>
        problem('invalid', 422, { errors: [{ field: 'maxretry', code: 'range', message: 'too many for this jail' }] }),
      ),
    )
    const { user } = renderPage('/jails/sshd?tab=settings')
    await user.click(await screen.findByRole('button', { name: /Change\s*Failures until the ban/ }))
    const field = screen.getByRole('textbox', { name: 'Failures until the ban' })
    await user.clear(field)
    await user.type(field, '9999{Enter}')
    expect(await screen.findByText('too many for this jail')).toBeVisible()
    expect(field).toHaveAccessibleDescription('too many for this jail')
  })

  it('folds the host of a regex, and writes it out on demand', async () => {
    const { user, router } = renderPage('/jails/sshd?tab=regexes')
    expect(await screen.findByText('<HOST>', { selector: 'span' })).toBeVisible()
    await user.click(screen.getByRole('switch', { name: 'Show tags written out' }))
    await waitFor(() => expect(screen.queryByText('<HOST>', { selector: 'span' })).toBeNull())
    expect(router.state.location.search).toEqual({ tab: 'regexes', full: true })
  })

  it('refuses what is no entry of an ignore list before it asks', async () => {
    const { user } = renderPage('/jails/sshd?tab=ignored')
    const field = await screen.findByRole('textbox', { name: 'Address, network or host name' })
    await user.type(field, '0.0.0.0/0{Enter}')
    expect(await screen.findByText(/holds every address/)).toBeVisible()
    expect(field).toHaveAccessibleDescription(/holds every address/)
  })

  it('removes an entry at once and puts it back on undo', async () => {
    server.use(
      http.delete(url('/hosts/local/jails/sshd/ignore'), async ({ request }) => {
        await note(request)
        settings({ ignoreIp: ['file:/etc/allowed'] })
        return HttpResponse.json({ items: ['file:/etc/allowed'] })
      }),
      http.post(url('/hosts/local/jails/sshd/ignore'), async ({ request }) => {
        await note(request)
        settings({ ignoreIp: ['file:/etc/allowed', '192.0.2.1'] })
        return HttpResponse.json({ items: ['file:/etc/allowed', '192.0.2.1'] })
      }),
    )
    const { user } = renderPage('/jails/sshd?tab=ignored')
    await user.click(await screen.findByRole('button', { name: 'Remove 192.0.2.1' }))
    await user.click(await screen.findByRole('button', { name: /Undo/ }))
    expect(await screen.findByText('192.0.2.1 is on the list again.')).toBeVisible()
    expect(await screen.findByRole('button', { name: 'Remove 192.0.2.1' })).toBeVisible()
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /api/v1/hosts/local/jails/sshd/ignore?entry=192.0.2.1',
      'POST /api/v1/hosts/local/jails/sshd/ignore',
    ])
  })

  it('asks before it removes what it could not put back', async () => {
    server.use(
      http.delete(url('/hosts/local/jails/sshd/ignore'), async ({ request }) => {
        await note(request)
        settings({ ignoreIp: ['192.0.2.1'] })
        return HttpResponse.json({ items: ['192.0.2.1'] })
      }),
    )
    const { user } = renderPage('/jails/sshd?tab=ignored')
    await user.click(await screen.findByRole('button', { name: 'Remove file:/etc/allowed' }))
    expect(await screen.findByRole('dialog', { name: 'Remove from the ignore list' })).toHaveTextContent(
      'file:/etc/allowed',
    )
    expect(asked).toEqual([])
    await user.click(screen.getByRole('button', { name: 'Remove', hidden: false }))
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Remove file:/etc/allowed' })).toBeNull())
  })
})
