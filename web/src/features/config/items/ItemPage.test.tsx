import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import { finding, item, option, plan, spec } from '../test-config'
import { forgetTrays } from '../tray/use-tray'
import type { Item } from '../types'

const planned: unknown[] = []
let shown: Item

const below = { source: { file: 'jail.conf', line: 118, section: 'DEFAULT' }, raw: '5' }

beforeEach(() => {
  sessionStorage.clear()
  forgetTrays()
  planned.length = 0
  shown = item({
    options: [
      option({ name: 'enabled', value: 'true', own: true, setAt: { file: 'jail.d/d.conf', line: 2, section: 'sshd' } }),
      option({
        value: '3',
        raw: '3',
        own: true,
        byBangui: true,
        setAt: { file: 'jail.d/zz-bangui.local', line: 4, section: 'sshd' },
        overrides: [below],
        running: '5',
        differs: true,
      }),
      option({ name: 'findtime', value: '10m', raw: '10m' }),
      option({ name: 'maxlines', value: null, raw: null, setAt: null }),
    ],
  })
  server.use(
    http.get(url('/hosts/local/config/items/jails/:name'), () => HttpResponse.json(shown)),
    http.get(url('/hosts/local/config/options'), () =>
      HttpResponse.json({
        items: [
          spec({ name: 'enabled', group: 'general', value: { kind: 'boolean' } }),
          spec(),
          spec({ name: 'findtime', value: { kind: 'duration', permanent: false }, help: 'The window.' }),
          spec({ name: 'maxlines', group: 'advanced', since: '1.0' }),
        ],
      }),
    ),
    http.post(url('/hosts/local/config/plan'), async ({ request }) => {
      planned.push(((await request.json()) as { changes: unknown[] }).changes)
      return HttpResponse.json(plan())
    }),
  )
})

const sshd = { kind: 'jail', name: 'sshd' }

describe('ItemPage', () => {
  it('makes a form of the descriptions: groups, fields by kind, what runs, and where each value comes from', async () => {
    const { user } = renderPage('/config/jails/sshd')
    const field = await screen.findByRole('textbox', { name: 'maxretry' })
    expect(field).toHaveValue('3')
    expect(screen.getByRole('heading', { name: 'What counts as a failure' })).toBeVisible()
    expect(screen.getByRole('combobox', { name: 'enabled' })).toHaveValue('true')
    expect(screen.getByText('= 10 min')).toBeVisible()
    expect(screen.getByText(/The jail runs with/)).toHaveTextContent('The jail runs with 5')
    await user.hover(screen.getByText(/zz-bangui\.local:4/))
    const chain = await screen.findByRole('tooltip')
    expect(chain).toHaveTextContent('Set in jail.d/zz-bangui.local:4 [sshd]3')
    expect(chain).toHaveTextContent('instead of jail.conf:118 [DEFAULT]5')
  })

  it('tells the chain of a value on focus too', async () => {
    renderPage('/config/jails/sshd')
    const source = await screen.findByText(/zz-bangui\.local:4/)
    source.closest('button')?.focus()
    expect(await screen.findByRole('tooltip')).toHaveTextContent('jail.conf:118')
  })

  it('shows options that no file sets only when asked, and keeps that in the URL', async () => {
    const { router, user } = renderPage('/config/jails/sshd')
    await screen.findByRole('textbox', { name: 'maxretry' })
    expect(screen.queryByText('maxlines')).not.toBeInTheDocument()
    await user.click(screen.getByRole('switch', { name: 'Show all options' }))
    expect(await screen.findByText('maxlines')).toBeVisible()
    expect(router.state.location.search).toEqual({ all: true })
  })

  it('collects what is typed, makes a plan of it, and forgets it when the old value is back', async () => {
    const { user } = renderPage('/config/jails/sshd')
    const field = await screen.findByRole('textbox', { name: 'maxretry' })
    await user.type(field, '0')
    await waitFor(() =>
      expect(planned.at(-1)).toEqual([{ change: 'set', item: sshd, section: null, option: 'maxretry', value: '30' }]),
    )
    expect(screen.getByText('edited')).toBeVisible()
    await user.type(field, '{Backspace}')
    expect(screen.queryByText('edited')).not.toBeInTheDocument()
  })

  it('resets a value to the inherited one, which is shown', async () => {
    const { user } = renderPage('/config/jails/sshd')
    await user.click(await screen.findByRole('button', { name: 'Reset to inherited: maxretry' }))
    expect(screen.getByRole('textbox', { name: 'maxretry' })).toHaveValue('5')
    expect(screen.getByText('will be inherited again')).toBeVisible()
    await waitFor(() =>
      expect(planned.at(-1)).toEqual([{ change: 'reset', item: sshd, section: null, option: 'maxretry' }]),
    )
  })

  it('says at once what cannot be a value', async () => {
    const { user } = renderPage('/config/jails/sshd')
    const field = await screen.findByRole('textbox', { name: 'findtime' })
    await user.clear(field)
    await user.type(field, 'soon')
    expect(screen.getByText(/A time is needed/)).toBeVisible()
    expect(field).toHaveAttribute('aria-invalid', 'true')
  })

  it('puts what was found beside its field, and the rest above', async () => {
    shown = item({
      ...shown,
      findings: [
        finding({ item: { kind: 'jail', name: 'sshd' }, option: 'maxretry', detail: 'Too \u202emany.' }),
        finding({ severity: 'warning', code: 'log-missing', detail: 'Its log is not there.' }),
      ],
    })
    renderPage('/config/jails/sshd')
    const field = await screen.findByRole('textbox', { name: 'maxretry' })
    expect(field).toHaveAccessibleDescription(/Error: Too U\+202E/)
    const above = screen.getByRole('heading', { name: 'What was found' }).closest('section') as HTMLElement
    expect(within(above).getByText('Its log is not there.')).toBeVisible()
    expect(within(above).queryByText(/Too/)).not.toBeInTheDocument()
  })

  it('keeps the edits of a tab over a reload of the page', async () => {
    const first = renderPage('/config/jails/sshd')
    await first.user.type(await screen.findByRole('textbox', { name: 'maxretry' }), '0')
    first.unmount()
    forgetTrays()
    renderPage('/config/jails/sshd')
    expect(await screen.findByRole('textbox', { name: 'maxretry' })).toHaveValue('30')
    expect(await screen.findByText('1 edit of the configuration is not applied yet.')).toBeVisible()
  })

  it('is part of the list of its kind', async () => {
    renderPage('/config/jails/sshd')
    await screen.findByRole('textbox', { name: 'maxretry' })
    const parts = screen.getByRole('navigation', { name: 'Parts of the configuration' })
    const current = within(parts)
      .getAllByRole('link')
      .filter((link) => link.hasAttribute('aria-current'))
    expect(current.map((link) => [link.textContent, link.getAttribute('aria-current')])).toEqual([
      [expect.stringMatching(/^Jails/), 'true'],
    ])
  })

  it('says that the files name no such item', async () => {
    server.use(http.get(url('/hosts/local/config/items/filters/:name'), () => problem('item-not-found', 404)))
    renderPage('/config/filters/none%E2%80%AE')
    expect(await screen.findByRole('link', { name: 'To the list' })).toHaveAttribute('href', '/config?kind=filter')
    expect(screen.getByText('U+202E')).toBeVisible()
  })
})

describe('DefaultsPage', () => {
  it('changes a default of all jails', async () => {
    server.use(
      http.get(url('/hosts/local/config/items'), () =>
        HttpResponse.json({ items: [shown.summary], findings: [], asOf: shown.asOf }),
      ),
    )
    const { user } = renderPage('/config/defaults')
    const field = await screen.findByRole('textbox', { name: 'maxretry' })
    expect(field).toHaveValue('5')
    await user.type(field, '0')
    await waitFor(() => expect(planned.at(-1)).toEqual([{ change: 'setDefault', option: 'maxretry', value: '50' }]))
  })
})
