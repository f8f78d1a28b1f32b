import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { forgetTrays } from '@/features/config/tray/use-tray'
import { currentSession, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

const option = (name: string, value: string) => ({
  name,
  section: 'Definition',
  value,
  setAt: { file: 'fail2ban.conf', line: 10, section: 'Definition' },
  raw: value,
  overrides: [],
  own: false,
  byBangui: false,
  running: null,
  differs: false,
  hidden: false,
})
const spec = (name: string, value: object, help: string) => ({
  name,
  item: 'server',
  section: 'Definition',
  group: 'log',
  value,
  unit: null,
  help,
  default: null,
  since: null,
  privileged: false,
})

beforeEach(() => {
  forgetTrays()
  sessionStorage.clear()
  server.use(
    http.get(url('/hosts/local/config/items/server/fail2ban'), () =>
      HttpResponse.json({
        summary: { id: { kind: 'server', name: 'fail2ban' }, badges: [], usedBy: [] },
        options: [option('loglevel', 'INFO'), option('dbpurgeage', '1d')],
        files: ['fail2ban.conf'],
        actions: [],
        findings: [],
        asOf: new Date().toISOString(),
      }),
    ),
    http.get(url('/hosts/local/config/options'), () =>
      HttpResponse.json({
        items: [
          spec('loglevel', { kind: 'choice', words: ['INFO', 'DEBUG'], open: false }, 'How much is written.'),
          spec('dbpurgeage', { kind: 'duration', permanent: false }, 'How long bans are kept.'),
        ],
      }),
    ),
    http.get(url('/hosts/local/config/state'), () => HttpResponse.json({ readOnly: null, changedOutside: [] })),
  )
})

describe('the settings of the daemon', () => {
  test('each stands with its description, and a change goes into the tray', async () => {
    const { user } = renderPage('/config/server')
    expect(await screen.findByText('How much is written.')).toBeInTheDocument()
    await user.selectOptions(screen.getByRole('combobox', { name: 'loglevel' }), 'DEBUG')
    const kept = JSON.parse(sessionStorage.getItem('bangui.config-tray.admin') ?? '[]')
    expect(kept[0].change).toMatchObject({
      change: 'set',
      item: { kind: 'server', name: 'fail2ban' },
      option: 'loglevel',
      value: 'DEBUG',
    })
  })

  test('who is no administrator changes nothing and restarts nothing', async () => {
    server.use(http.get(url('/start'), () => HttpResponse.json(start(currentSession('operator')))))
    renderPage('/config/server')
    expect(await screen.findByRole('combobox', { name: 'loglevel' })).toBeDisabled()
    expect(screen.queryByRole('button', { name: 'Restart fail2ban…' })).not.toBeInTheDocument()
  })
})

describe('a restart', () => {
  test('says what it hits, wants the word, and tells which jails run and which are lost', async () => {
    server.use(
      http.post(url('/hosts/local/daemon/restart'), () =>
        HttpResponse.json({ by: 'service', jailsLost: ['postfix'], running: ['sshd'], milliseconds: 2_300 }),
      ),
    )
    const { user } = renderPage('/config/server')
    await user.click(await screen.findByRole('button', { name: 'Restart fail2ban…' }))
    const dialog = screen.getByRole('dialog')
    expect(await within(dialog).findByText(/All 3 jails end/)).toBeInTheDocument()
    expect(within(dialog).getByText(/^42 banned addresses/)).toBeInTheDocument()
    const verb = within(dialog).getByRole('button', { name: 'Restart fail2ban' })
    expect(verb).toBeDisabled()
    await user.type(within(dialog).getByRole('textbox'), 'restart')
    await user.click(verb)
    const outcome = (await screen.findByText(/1 jail does not run any more/)).closest('[role=alert]') as HTMLElement
    expect(outcome).toHaveTextContent(/Lost:.*postfix/)
    expect(outcome).toHaveTextContent(/Running:.*1.*sshd/)
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  })

  test('that fails says why, in the dialog', async () => {
    server.use(
      http.post(url('/hosts/local/daemon/restart'), () =>
        problem('restart-failed', 502, { detail: 'no service and no command is known' }),
      ),
    )
    const { user } = renderPage('/config/server')
    await user.click(await screen.findByRole('button', { name: 'Restart fail2ban…' }))
    const dialog = screen.getByRole('dialog')
    await user.type(within(dialog).getByRole('textbox'), 'restart')
    await user.click(within(dialog).getByRole('button', { name: 'Restart fail2ban' }))
    await waitFor(() => expect(dialog).toHaveTextContent('no service and no command is known'))
  })
})
