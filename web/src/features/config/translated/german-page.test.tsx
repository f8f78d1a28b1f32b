import { screen, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import { finding, item, option, spec } from '../test-config'
import { forgetTrays } from '../tray/use-tray'

const sshd = { kind: 'jail', name: 'sshd' } as const

beforeEach(() => {
  sessionStorage.clear()
  forgetTrays()
  const shown = item({
    options: [
      option({ name: 'maxretry' }),
      option({ name: 'findtime', value: 'banana' }),
      option({ name: 'of_tomorrow' }),
    ],
    findings: [
      finding({ code: 'bad-time', item: sshd, option: 'findtime', detail: 'a number is missing at character 1' }),
      finding({ code: 'client-refuses', item: sshd, detail: "ERROR  NOK: ('boom',)" }),
    ],
  })
  server.use(
    http.get(url('/hosts/local/config/items/jails/:name'), () => HttpResponse.json(shown)),
    http.get(url('/hosts/local/config/options'), () =>
      HttpResponse.json({
        items: [
          spec({ unit: 'failures', help: 'How many failures within the find time lead to a ban.' }),
          spec({
            name: 'findtime',
            value: { kind: 'duration', permanent: false },
            help: 'How far back failures count.',
          }),
          spec({ name: 'of_tomorrow', help: 'What a later version does.' }),
        ],
      }),
    ),
  )
})

const open = async (locale: 'en' | 'de', search = '') => {
  renderPage(`/config/jails/sshd${search}`, { locale })
  await screen.findByRole('textbox', { name: 'maxretry' })
}

describe('a page in German', () => {
  it('says what options do and what they count', async () => {
    await open('de')
    const field = screen.getByRole('textbox', { name: 'maxretry' })
    expect(field).toHaveAccessibleDescription(/Wie viele Fehlversuche innerhalb von findtime/)
    expect(within(field.parentElement as HTMLElement).getByText('Fehlversuche')).toBeInTheDocument()
    expect(screen.queryByText(/How many failures/)).not.toBeInTheDocument()
  })

  it('says in English, and marks it so, what it has no words for', async () => {
    await open('de')
    expect(screen.getByText('What a later version does.')).toHaveAttribute('lang', 'en')
    expect(screen.getByText(/Wie weit zurück/)).not.toHaveAttribute('lang')
  })

  it('finds options by their German words', async () => {
    await open('de', '?find=fehlversuche%20sperre')
    expect(screen.queryByRole('textbox', { name: 'of_tomorrow' })).not.toBeInTheDocument()
  })

  it('says findings, and keeps what the API says below', async () => {
    await open('de')
    const said = await screen.findByText(/Das ist keine Zeit/)
    const block = said.closest('div') as HTMLElement
    const exact = within(block).getByText('a number is missing at character 1')
    expect(exact.closest('details')).not.toHaveAttribute('open')
    expect(exact.closest('[lang]')).toHaveAttribute('lang', 'en')
    // What fail2ban itself says is what counts: it is not folded away.
    const words = screen.getByText("ERROR NOK: ('boom',)")
    expect(words.closest('details')).toBeNull()
  })

  it('says what a problem means, and what to do', async () => {
    server.use(
      http.get(url('/hosts/local/config/items/jails/:name'), () =>
        problem('config-changed', 409, { detail: 'Nothing was written.', remedy: 'Look at what has changed.' }),
      ),
    )
    renderPage('/config/jails/sshd', { locale: 'de' })
    const said = await screen.findByText('Es wurde nichts geschrieben.')
    const note = said.closest('[role=alert]') as HTMLElement
    expect(within(note).getByText(/den Plan neu machen/)).toBeInTheDocument()
    expect(within(note).queryByText('Look at what has changed.')).not.toBeInTheDocument()
  })
})

describe('problems in German', () => {
  const note = async (code: string, status: number, more: Parameters<typeof problem>[2]) => {
    server.use(http.get(url('/hosts/local/config/items/jails/:name'), () => problem(code, status, more)))
    renderPage('/config/jails/sshd', { locale: 'de' })
    const main = within(await screen.findByRole('main'))
    return within(await main.findByRole('alert'))
  }

  it('say what could not be done, and keep in sight which change it was', async () => {
    const errors = [{ field: 'changes[1]', code: 'bad-change', message: 'maxretry: not a number' }]
    const shown = await note('bad-change', 422, { errors })
    expect(await shown.findByText(/Eine der Änderungen ist so nicht möglich/)).toBeInTheDocument()
    expect(shown.getByText('Diese Änderung berichtigen oder verwerfen.')).toBeInTheDocument()
    const exact = shown.getByText('maxretry: not a number')
    expect(exact.closest('details')).toBeNull()
    expect(exact.closest('[lang]')).toHaveAttribute('lang', 'en')
  })

  it('say what to do about a file, and leave the words of the system as they are', async () => {
    const shown = await note('config-files', 500, {
      detail: 'jail.local: Permission denied (os error 13)',
      remedy: 'Let BanGUI run as root.',
    })
    expect(await shown.findByText(/die Datei und ihren Ordner lesen und schreiben lassen/)).toBeInTheDocument()
    expect(shown.getByText('jail.local: Permission denied (os error 13)', { selector: 'p *' })).toBeInTheDocument()
    expect(shown.queryByText('Let BanGUI run as root.', { selector: 'p *' })).not.toBeInTheDocument()
  })

  it('say that fail2ban cannot be reached, with the particulars folded away', async () => {
    const shown = await note('daemon-unavailable', 503, {
      detail: 'there is no socket at /run/f.sock',
      remedy: 'Start it.',
    })
    expect(await shown.findByText(/fail2ban läuft nicht/)).toBeInTheDocument()
    const exact = shown.getByText('there is no socket at /run/f.sock', { selector: 'p *' })
    expect(exact.closest('details')).not.toHaveAttribute('open')
    expect(exact.closest('[lang]')).toHaveAttribute('lang', 'en')
  })

  it('say at which step a change failed, and what could not be undone, above what is told', async () => {
    const version = {
      id: 7,
      at: new Date().toISOString(),
      author: { kind: 'user', name: 'admin' },
      outcome: 'broken',
      origin: 'applied',
      changes: [],
      touched: [],
      failed: "ERROR NOK: ('boom',)",
      undone: { filesAreBack: false, jailsLost: [], problem: 'jail.local: No space left on device' },
      finishedAtStart: false,
      files: [],
    }
    server.use(http.get(url('/hosts/local/config/versions'), () => HttpResponse.json({ items: [version], next: null })))
    renderPage('/config/versions', { locale: 'de' })
    const table = within(await screen.findByRole('table', { name: 'Versionen der Konfiguration' }))
    expect(await table.findByText('Die Änderung ist fehlgeschlagen.')).toBeInTheDocument()
    expect(table.getByText("ERROR NOK: ('boom',)").closest('[lang]')).toHaveAttribute('lang', 'en')
    expect(table.getByText(/Nicht alles ließ sich zurücknehmen/)).toBeInTheDocument()
    expect(table.getByText('jail.local: No space left on device').closest('[lang]')).toHaveAttribute('lang', 'en')
  })
})

describe('a page in English', () => {
  it('says what the API says', async () => {
    await open('en')
    expect(screen.getByText('How far back failures count.')).toBeInTheDocument()
    expect(screen.getByText('a number is missing at character 1').closest('details')).toBeNull()
    expect(screen.queryByText('Details in English')).not.toBeInTheDocument()
  })
})
