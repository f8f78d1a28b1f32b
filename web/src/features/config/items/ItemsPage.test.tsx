import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { currentSession, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import { finding, item, itemList, option, plan, spec, summary } from '../test-config'
import type { ItemSummary } from '../types'

const jail = (name: string, change: Partial<ItemSummary> = {}) =>
  summary({ id: { kind: 'jail', name }, filter: name, ...change })
const filter = (name: string, change: Partial<ItemSummary> = {}) =>
  summary({ id: { kind: 'filter', name }, filter: null, state: null, ...change })
const off = { badges: ['inactive' as const], state: null }

function show(items: ItemSummary[]) {
  server.use(http.get(url('/hosts/local/config/items'), () => HttpResponse.json(itemList(items))))
}

const names = () =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => within(row).getAllByRole('cell')[0]?.textContent)

beforeEach(() => sessionStorage.clear())

describe('ItemsPage', () => {
  it('lists what is broken and active first, and says every state as a word', async () => {
    show([
      jail('apache', off),
      jail('sshd'),
      jail('broken', {
        badges: ['active', 'changed', 'broken'],
        problem: { code: 'broken', detail: 'no \u202efilter' },
      }),
      filter('sshd', { usedBy: ['sshd'] }),
    ])
    renderPage('/config')
    await screen.findByRole('table', { name: 'Jail' })
    expect(names()).toEqual(['broken', 'sshd', 'apache'])
    const broken = screen.getAllByRole('row')[1] as HTMLElement
    expect(broken).toHaveTextContent('activechangedbrokenno U+202Efilter')
  })

  it('takes kind, search and state from the URL and writes them back', async () => {
    show([
      filter('sshd', { usedBy: ['ssh-one', 'two'] }),
      filter('nginx', { usedBy: ['web'] }),
      filter('own', { badges: ['inactive', 'own'] }),
      jail('sshd'),
    ])
    const { router, user } = renderPage('/config?kind=filter&search=ssh')
    await screen.findByRole('table', { name: 'Filter' })
    expect(names()).toEqual(['sshd'])
    await user.clear(screen.getByRole('searchbox', { name: 'Filter by name' }))
    await user.selectOptions(screen.getByRole('combobox', { name: 'State' }), 'own')
    await waitFor(() => expect(names()).toEqual(['own']))
    expect(router.state.location.search).toEqual({ kind: 'filter', badge: 'own' })
  })

  it('shows hundreds of items, and finds one among them', async () => {
    show(Array.from({ length: 150 }, (_, index) => jail(`jail-${index}`, off)))
    const { user } = renderPage('/config')
    expect(await screen.findByText('150 entries')).toBeVisible()
    await user.type(screen.getByRole('searchbox', { name: 'Filter by name' }), '149')
    await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(2))
    expect(names()).toEqual(['jail-149'])
  })

  it('says why the files could not be read', async () => {
    server.use(
      http.get(url('/hosts/local/config/items'), () =>
        problem('config-files', 503, { detail: '/etc/fail2ban: permission denied', remedy: 'Let BanGUI read it.' }),
      ),
    )
    renderPage('/config')
    const alert = await screen.findByText(/files cannot be read or written/)
    expect(alert.closest('[role=alert]')).toHaveTextContent('permission denied')
  })

  it('lets a viewer look, and says why nothing can be changed', async () => {
    server.use(http.get(url('/start'), () => HttpResponse.json(start(currentSession('viewer')))))
    show([jail('apache', off)])
    renderPage('/config')
    expect(await screen.findByText(/takes an admin/)).toBeVisible()
    await screen.findByRole('table', { name: 'Jail' })
    expect(screen.queryByRole('button', { name: 'Enable apache' })).not.toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'New jail…' })).toBeDisabled()
  })
})

describe('a jail of one’s own', () => {
  it('has its name judged while it is typed', async () => {
    show([jail('sshd')])
    const { user } = renderPage('/config')
    await user.click(await screen.findByRole('button', { name: 'New jail…' }))
    const name = await screen.findByRole('textbox', { name: 'Name' })
    expect(name).not.toBeInvalid()
    await user.type(name, 'my jail')
    expect(name).toHaveAccessibleDescription(/No spaces in it\./)
    await user.clear(name)
    await user.type(name, 'SSHD')
    expect(name).toHaveAccessibleDescription(/only in the case of letters/)
    await user.type(name, '-2')
    expect(name).not.toBeInvalid()
  })
})

describe('enabling a shipped jail', () => {
  const asked: unknown[] = []
  const applied: unknown[] = []

  beforeEach(() => {
    asked.length = 0
    applied.length = 0
    show([jail('apache', off)])
    server.use(
      http.get(url('/hosts/local/config/items/jails/apache'), () =>
        HttpResponse.json(
          item({
            summary: jail('apache', off),
            options: [option({ section: 'apache' }), option({ name: 'logpath', value: '/var/log/a.log' })],
          }),
        ),
      ),
      http.get(url('/hosts/local/config/options'), () =>
        HttpResponse.json({ items: [spec(), spec({ name: 'logpath', value: { kind: 'paths' } })] }),
      ),
      http.post(url('/hosts/local/config/plan'), async ({ request }) => {
        asked.push(((await request.json()) as { changes: unknown[] }).changes)
        return HttpResponse.json(
          plan({ logChecks: [{ jail: 'apache', source: '/var/log/a.log', found: true, lines: 200, matched: 12 }] }),
        )
      }),
      http.post(url('/hosts/local/config/apply'), async ({ request }) => {
        applied.push(await request.json())
        return HttpResponse.json({
          version: 8,
          inForce: true,
          failed: null,
          undone: null,
          confirmBy: null,
          running: ['apache', 'sshd'],
          steps: [{ step: 'write', beganAt: '2026-01-01T00:00:00Z', endedAt: '2026-01-01T00:00:01Z', failed: null }],
          findings: [],
        })
      }),
    )
  })

  it('takes three clicks: choose, check, apply', async () => {
    const { user } = renderPage('/config')
    await user.click(await screen.findByRole('button', { name: 'Enable apache' }))
    const dialog = await screen.findByRole('dialog', { name: 'Enable apache' })
    expect(await within(dialog).findByText('/var/log/a.log', { selector: 'bdi' })).toBeVisible()
    expect(dialog).toHaveTextContent('12 of its last 200 lines match the filter')
    await user.click(within(dialog).getByRole('button', { name: 'Apply' }))
    expect(await within(dialog).findByText('In force, as version 8.')).toBeVisible()
    expect(applied).toEqual([
      {
        changes: [{ change: 'enable', jail: 'apache', overrides: {} }],
        hash: plan().hash,
        base: plan().base,
        note: '',
        confirm: false,
      },
    ])
  })

  it('checks again with another value, and sends that', async () => {
    const { user } = renderPage('/config')
    await user.click(await screen.findByRole('button', { name: 'Enable apache' }))
    const field = await screen.findByRole('textbox', { name: 'maxretry' })
    await user.clear(field)
    await user.type(field, '3')
    const change = { change: 'enable', jail: 'apache', overrides: { maxretry: '3' } }
    await waitFor(() => expect(asked.at(-1)).toEqual([change]))
    const apply = screen.getByRole('button', { name: 'Apply' })
    await waitFor(() => expect(apply).toBeEnabled())
    await user.click(apply)
    await waitFor(() => expect(applied).toEqual([expect.objectContaining({ changes: [change] })]))
  })

  it('cannot be applied while errors speak against it', async () => {
    server.use(
      http.post(url('/hosts/local/config/plan'), () =>
        HttpResponse.json(
          plan({ applicable: false, findings: [finding({ detail: 'There is no filter of this name.' })] }),
        ),
      ),
    )
    const { user } = renderPage('/config')
    await user.click(await screen.findByRole('button', { name: 'Enable apache' }))
    expect(await screen.findByText('There is no filter of this name.')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Apply' })).toBeDisabled()
  })
})
