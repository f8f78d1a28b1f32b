import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import { configState, finding, plan } from '../test-config'
import { withChange } from '../tray/edits'
import { forgetTrays } from '../tray/use-tray'
import type { ApplyReport, Change } from '../types'

const set: Change = {
  change: 'set',
  item: { kind: 'jail', name: 'sshd' },
  section: null,
  option: 'maxretry',
  value: '3',
}
const off: Change = { change: 'disable', jail: 'apache' }

const report = (change: Partial<ApplyReport> = {}): ApplyReport => ({
  version: 8,
  inForce: true,
  failed: null,
  undone: null,
  confirmBy: null,
  running: ['sshd'],
  steps: [],
  findings: [],
  ...change,
})

const applied: { changes: Change[]; note: string; confirm: boolean }[] = []

/** What the tab has kept of the person's edits. */
const kept = () => sessionStorage.getItem('bangui.config-tray.admin')

beforeEach(() => {
  forgetTrays()
  applied.length = 0
  const edits = withChange(withChange([], set, '5'), off)
  sessionStorage.setItem('bangui.config-tray.admin', JSON.stringify(edits))
  server.use(
    http.post(url('/hosts/local/config/plan'), () => HttpResponse.json(plan())),
    http.post(url('/hosts/local/config/apply'), async ({ request }) => {
      applied.push((await request.json()) as (typeof applied)[number])
      return HttpResponse.json(report())
    }),
  )
})

describe('ReviewPage', () => {
  it('tells the edits, what takes effect, the files and what is loaded anew', async () => {
    renderPage('/config/review')
    const edits = (await screen.findByRole('heading', { name: 'Edits' })).closest('section') as HTMLElement
    expect(edits).toHaveTextContent('sshd: maxretry 5 →becomes 3')
    expect(edits).toHaveTextContent('apache: disabled')
    const effects = (await screen.findByRole('heading', { name: 'What takes effect' })).closest('section')
    expect(effects).toHaveTextContent('sshdmaxretry 5 →becomes 3')
    expect(screen.getByText(/Reloaded, bans stay/)).toHaveTextContent('sshd')
    expect(screen.getByRole('region', { name: 'Changes of jail.d/zz-bangui.local' })).toHaveTextContent('maxretry = 3')
  })

  it('tells of settings and of every jail that is loaded, and whose bans end', async () => {
    const reload = {
      settings: true,
      reload: [],
      restart: ['web'],
      restartEndsBans: true,
      start: ['new'],
      stop: ['old'],
    }
    server.use(http.post(url('/hosts/local/config/plan'), () => HttpResponse.json(plan({ reload }))))
    renderPage('/config/review')
    expect(await screen.findByText(/No jail is touched by them/)).toBeVisible()
    const loaded = screen.getByRole('heading', { name: 'What is loaded anew' }).closest('section')
    expect(loaded).toHaveTextContent(/their bans end \(fail2ban keeps no database\):\s*web/)
    expect(loaded).toHaveTextContent(/Started:\s*new/)
    expect(loaded).toHaveTextContent(/Stopped, their bans end:\s*old/)
    expect(loaded).not.toHaveTextContent('Nothing')
  })

  it('takes a single edit out, and all after a question', async () => {
    const { user } = renderPage('/config/review')
    await user.click(await screen.findByRole('button', { name: 'Take this edit out: use jail/apache' }))
    expect(screen.queryByText('disabled')).not.toBeInTheDocument()
    expect(kept()).not.toContain('apache')
    await user.click(screen.getByRole('button', { name: 'Discard all…' }))
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Discard all edits' }))
    expect(await screen.findByText('Nothing waits to be reviewed.')).toBeVisible()
    expect(kept()).toBeNull()
  })

  it('applies with the reason, and shows what came of it', async () => {
    const { user } = renderPage('/config/review')
    await user.type(await screen.findByRole('textbox', { name: /Why/ }), 'too many tries')
    await user.click(screen.getByRole('button', { name: 'Apply 2 edits' }))
    expect(await screen.findByText('In force, as version 8.')).toBeVisible()
    expect(applied).toEqual([expect.objectContaining({ changes: [set, off], note: 'too many tries', confirm: false })])
    expect(kept()).toBeNull()
  })

  it('shows the steps while they happen', async () => {
    let finish: () => void = () => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const step = { beganAt: '2026-01-01T00:00:00Z', endedAt: null, failed: null }
    server.use(
      http.get(url('/hosts/local/config/state'), () =>
        HttpResponse.json(
          configState({ applying: { author: 'admin', hash: plan().hash, steps: [{ step: 'reload', ...step }] } }),
        ),
      ),
      http.post(url('/hosts/local/config/apply'), async () => {
        await finished
        return HttpResponse.json(report())
      }),
    )
    const { user } = renderPage('/config/review')
    await user.click(await screen.findByRole('button', { name: 'Apply 2 edits' }))
    expect(await screen.findByText('Load them')).toHaveTextContent('Load them: under way')
    finish()
    expect(await screen.findByText('In force, as version 8.')).toBeVisible()
  })

  it('keeps the edits when it failed, and says why and that all is as before', async () => {
    server.use(
      http.post(url('/hosts/local/config/apply'), () =>
        HttpResponse.json(
          report({
            inForce: false,
            failed: 'sshd did not start: no log',
            undone: { filesAreBack: true, jailsLost: [], problem: null },
          }),
        ),
      ),
    )
    const { user } = renderPage('/config/review')
    await user.click(await screen.findByRole('button', { name: 'Apply 2 edits' }))
    const alert = (await screen.findByText('It failed, and everything is as it was before.')).closest('[role=alert]')
    expect(alert).toHaveTextContent('sshd did not start: no log')
    expect(kept()).toContain('maxretry')
  })

  it('asks for the password once more where it is needed, and then goes on', async () => {
    const proven: unknown[] = []
    server.use(
      http.post(url('/session/password-check'), async ({ request }) => {
        const body = (await request.json()) as { password: string }
        if (body.password !== 'right') return problem('wrong-credentials', 401)
        proven.push(body)
        return new HttpResponse(null, { status: 204 })
      }),
      http.post(url('/hosts/local/config/apply'), () =>
        proven.length === 0 ? problem('password-needed', 403) : HttpResponse.json(report()),
      ),
    )
    const { user } = renderPage('/config/review')
    await user.click(await screen.findByRole('button', { name: 'Apply 2 edits' }))
    const dialog = await screen.findByRole('dialog', { name: 'Your password once more' })
    await user.type(within(dialog).getByLabelText('Password'), 'wrong{Enter}')
    expect(await within(dialog).findByText('The password is wrong.')).toBeVisible()
    await user.clear(within(dialog).getByLabelText('Password'))
    await user.type(within(dialog).getByLabelText('Password'), 'right{Enter}')
    expect(await screen.findByText('In force, as version 8.')).toBeVisible()
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  })

  it('says whose change has to end first, and which files have changed', async () => {
    server.use(
      http.post(url('/hosts/local/config/apply'), () =>
        problem('config-busy', 409, { underWay: { author: 'ops', waitsForConfirmation: true } }),
      ),
    )
    const { user } = renderPage('/config/review')
    await user.click(await screen.findByRole('button', { name: 'Apply 2 edits' }))
    expect(await screen.findByText(/The change of/)).toHaveTextContent('The change of ops is in force and waits')
    server.use(
      http.post(url('/hosts/local/config/apply'), () => problem('config-changed', 409, { files: ['jail.local'] })),
    )
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    await user.click(await screen.findByRole('button', { name: 'Apply 2 edits' }))
    expect(await screen.findByText('The configuration has changed meanwhile.')).toBeVisible()
    expect(screen.getByText('jail.local', { selector: 'bdi' })).toBeVisible()
  })

  it('cannot be applied with errors, nor where commands are forbidden', async () => {
    server.use(
      http.post(url('/hosts/local/config/plan'), () =>
        HttpResponse.json(
          plan({ applicable: false, findings: [finding({ detail: 'Bad regex.', code: 'bad-regex' })] }),
        ),
      ),
    )
    const first = renderPage('/config/review')
    expect(await screen.findByText('Bad regex.')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Apply 2 edits' })).toBeDisabled()
    first.unmount()
    server.use(
      http.post(url('/hosts/local/config/plan'), () =>
        HttpResponse.json(plan({ runsCommands: true, risks: ['commands'] })),
      ),
      http.get(url('/hosts/local/config/state'), () =>
        HttpResponse.json(configState({ commandsForbidden: true, confirmWithinSeconds: 45 })),
      ),
    )
    renderPage('/config/review')
    expect(await screen.findByText(/has forbidden that/)).toBeVisible()
    await waitFor(() => expect(screen.getByRole('button', { name: 'Apply 2 edits' })).toBeDisabled())
    expect(screen.getByText(/^Has to be confirmed within/)).toHaveTextContent('Has to be confirmed within 45 s')
    expect(screen.getByText(/^After applying you have/)).toHaveTextContent('After applying you have 45 s to say')
  })
})
