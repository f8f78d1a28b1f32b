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

describe('a page in English', () => {
  it('says what the API says', async () => {
    await open('en')
    expect(screen.getByText('How far back failures count.')).toBeInTheDocument()
    expect(screen.getByText('a number is missing at character 1').closest('details')).toBeNull()
    expect(screen.queryByText('Details in English')).not.toBeInTheDocument()
  })
})
