import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Schemas } from '@/api/client'
import { ownBan, standing } from '@/features/blocking/test-blocking'
import { currentSession, hostStatus, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import { ban, bans, pretendLayout, TestList, takeBackUnbans } from './test-bans'

let list: TestList
let sent: Schemas['UnbanRequest'][] = []

beforeEach(() => {
  pretendLayout()
  sent = []
  list = new TestList(bans(0, 40))
  list.serve()
  server.use(
    http.post(url('/hosts/local/unbans'), async ({ request }) => {
      const body = (await request.json()) as Schemas['UnbanRequest']
      sent.push(body)
      const gone = new Set(body.targets.map((target) => target.subject))
      list.items = list.items.filter((one) => !gone.has(one.subject))
      const results = body.targets.map((target) => ({ ...target, unbannedIn: ['sshd'], stillBannedIn: [] }))
      return HttpResponse.json({ results, unbanned: results.length })
    }),
  )
})
afterEach(() => {
  takeBackUnbans()
  vi.restoreAllMocks()
})

const row = (subject: string) =>
  screen.findByRole('row', { name: new RegExp(`^Select ${subject.replaceAll('.', '\\.')} `) })
const select = (subject: string) => screen.findByRole('checkbox', { name: `Select ${subject}` })

describe('BansPage', () => {
  it('asks for what its address says', async () => {
    renderPage('/bans?jail=sshd&search=192.0.2.0%2F24&family=v4&sort=expiresAt')
    await row('192.0.2.0')
    const query = list.asked[0]
    expect(query?.getAll('jail')).toEqual(['sshd'])
    expect(Object.fromEntries(query ?? [])).toMatchObject({
      search: '192.0.2.0/24',
      family: 'v4',
      sort: 'expiresAt',
      order: 'asc',
    })
    expect(screen.getByRole('searchbox')).toHaveValue('192.0.2.0/24')
  })

  it('keeps search and sort in its address', async () => {
    const { router, user } = renderPage('/bans')
    await user.type(await screen.findByRole('searchbox'), '192.0.2.7')
    await waitFor(() => expect(router.state.location.search).toEqual({ search: '192.0.2.7' }))
    await user.click(await screen.findByRole('button', { name: 'Address' }))
    await waitFor(() =>
      expect(router.state.location.search).toEqual({ search: '192.0.2.7', sort: 'subject', order: 'asc' }),
    )
    await waitFor(() => expect(list.asked.at(-1)?.get('sort')).toBe('subject'))
  })

  it('shows hostile text as text', async () => {
    list.items = [ban(0, { subject: '<b>x\u202e</b>', kind: 'other', family: null })]
    renderPage('/bans')
    expect(await screen.findByText('U+202E')).toBeVisible()
    expect(screen.getByText('<b>x</b>')).toBeVisible()
  })

  it('moves no row in the document while one scrolls, and has them in order at rest', async () => {
    renderPage('/bans')
    const first = await row('192.0.2.0')
    const elements = () => [...(first.parentElement?.children ?? [])]
    const indexes = () => elements().map((element) => Number(element.getAttribute('aria-rowindex')))
    const before = elements()
    const main = screen.getByRole('main')
    main.scrollTop = 640
    fireEvent.scroll(main)
    const now = elements()
    expect(now.filter((element) => before.includes(element))).toEqual(before)
    // Its place has been given to a row that came into sight.
    expect(first).toHaveAccessibleName(/^Select 192\.0\.2\.(1|2|3)\d/)
    const inOrder = [...indexes()].sort((a, b) => a - b)
    expect(indexes()).not.toEqual(inOrder)
    await waitFor(() => expect(indexes()).toEqual(inOrder))
  })

  it('loads further pages by itself', async () => {
    list = new TestList(bans(0, 1_200))
    list.serve()
    renderPage('/bans')
    expect(await screen.findByText('1,200 bans')).toBeVisible()
    await waitFor(() => expect(screen.queryByText(/of .* loaded/)).toBeNull())
    expect(list.asked.filter((query) => query.has('cursor'))).toHaveLength(2)
  })

  it('unbans the selected rows after the time to undo', async () => {
    const { user } = renderPage('/bans')
    await user.click(await select('192.0.2.1'))
    await user.keyboard('{Shift>}')
    await user.click(await select('192.0.2.3'))
    await user.keyboard('{/Shift}')
    await user.click(screen.getByRole('button', { name: 'Unban 3 addresses' }))
    expect(within(await row('192.0.2.2')).getByText(/unbanning in \d s/)).toBeVisible()
    expect(sent).toEqual([])
    // Closing the toast means: I am sure.
    const toasts = screen.getByRole('region', { name: 'Notifications' })
    await user.click(within(toasts).getByRole('button', { name: 'Close' }))
    await waitFor(() => expect(screen.queryByRole('checkbox', { name: 'Select 192.0.2.2' })).toBeNull())
    expect(sent.map((one) => one.targets.length)).toEqual([3])
    expect(await screen.findByText('3 bans ended.')).toBeVisible()
    expect(await screen.findByText('37 bans')).toBeVisible()
  })

  it('takes an unban back, for all and for one row', async () => {
    const { user } = renderPage('/bans')
    await user.click(await select('192.0.2.1'))
    await user.click(await select('192.0.2.2'))
    await user.click(screen.getByRole('button', { name: 'Unban in all jails' }))
    await user.click(within(await row('192.0.2.1')).getByRole('button', { name: 'Undo' }))
    await waitFor(async () => expect(within(await row('192.0.2.1')).queryByText(/unbanning/)).toBeNull())
    expect(within(await row('192.0.2.2')).getByText(/unbanning/)).toBeVisible()
    await user.keyboard('{Control>}z{/Control}')
    await waitFor(() => expect(screen.queryByText(/unbanning in/)).toBeNull())
    expect(sent).toEqual([])
  })

  it('goes by keys: down, select a range, unban, undo', async () => {
    const { user } = renderPage('/bans')
    await row('192.0.2.0')
    screen.getByRole('grid').focus()
    await user.keyboard('{ArrowDown}{ArrowDown}{Shift>}{ArrowDown}{/Shift}')
    expect(await select('192.0.2.1')).toBeChecked()
    expect(await select('192.0.2.2')).toBeChecked()
    expect(await select('192.0.2.0')).not.toBeChecked()
    await user.keyboard('u')
    expect(await screen.findByText('Unbanning 2 addresses')).toBeVisible()
  })

  it('selects all that match, also what is not loaded yet', async () => {
    list = new TestList(bans(0, 3_000))
    list.serve()
    const { user } = renderPage('/bans')
    await row('192.0.2.0')
    screen.getByRole('grid').focus()
    await user.keyboard('{Control>}a{/Control}')
    expect(await screen.findByText('3,000 selected')).toBeVisible()
  })

  it('forgets the selection when another filter hides it', async () => {
    const { user } = renderPage('/bans')
    await user.click(await select('192.0.2.1'))
    expect(screen.getByText('1 selected')).toBeVisible()
    await user.selectOptions(screen.getByRole('combobox', { name: 'Family' }), 'IPv6')
    await waitFor(() => expect(screen.queryByText('1 selected')).toBeNull())
  })

  it('wants the words typed before it unbans everything, and says how much that is', async () => {
    let asked: unknown
    server.use(
      http.post(url('/hosts/local/unbans/all'), async ({ request }) => {
        asked = await request.json()
        return HttpResponse.json({ unbanned: 42 })
      }),
    )
    const { user } = renderPage('/bans')
    await row('192.0.2.0')
    await user.click(screen.getByRole('button', { name: 'More' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Unban everything…' }))
    const dialog = await screen.findByRole('dialog')
    expect(dialog).toHaveTextContent('42 bans in 2 jails end at once')
    const button = within(dialog).getByRole('button', { name: 'Unban everything' })
    expect(button).toBeDisabled()
    await user.type(within(dialog).getByRole('textbox'), 'unban all')
    await user.click(button)
    expect(await screen.findByText('Unbanned everything: 42 bans ended.')).toBeVisible()
    expect(asked).toEqual({ confirm: 'unban all' })
  })

  it('shows the last list and lets nothing be done in jails while fail2ban is down', async () => {
    const daemon = { state: 'down', version: null, reason: 'refused', detail: null, remedy: null, since: null } as const
    server.use(http.get(url('/hosts/local/status'), () => HttpResponse.json(hostStatus({ daemon }))))
    renderPage('/bans')
    expect(await screen.findByText('This list may be out of date.')).toBeVisible()
    expect(await select('192.0.2.1')).toBeDisabled()
    // Without a jail one can ban all the same.
    expect(screen.getByRole('button', { name: 'Ban…' })).toBeEnabled()
  })

  it('keeps the rows when asking again fails, and says so', async () => {
    renderPage('/bans')
    await row('192.0.2.0')
    server.use(http.get(url('/bans'), () => problem('daemon-unavailable', 503, { remedy: 'systemctl start fail2ban' })))
    expect(await screen.findByText('systemctl start fail2ban')).toBeVisible()
    expect(await row('192.0.2.0')).toBeVisible()
  })

  it('lets a viewer look only', async () => {
    server.use(http.get(url('/start'), () => HttpResponse.json(start(currentSession('viewer')))))
    renderPage('/bans')
    expect(await select('192.0.2.1')).toBeDisabled()
    expect(screen.getByText('Your role may look, but neither ban nor unban.')).toBeVisible()
  })

  it('says what to do when nothing is banned, and when nothing matches', async () => {
    list.items = []
    const { user, router } = renderPage('/bans?search=nothing', { locale: 'de' })
    expect(await screen.findByText('Keine Sperre passt.')).toBeVisible()
    const buttons = screen.getAllByRole('button', { name: 'Filter aufheben' })
    await user.click(buttons[0] as HTMLElement)
    expect(await screen.findByText('Gerade ist nichts gesperrt.')).toBeVisible()
    expect(router.state.location.search).toEqual({})
  })
})

describe('bans without a jail', () => {
  let own: Schemas['OwnBan'][] = []
  let ended: number[] = []
  let made: Schemas['OwnBanRequest'][] = []

  beforeEach(() => {
    ended = []
    made = []
    own = [
      ownBan(7, '45.11.0.0/16', { reason: 'the <b>noise</b>', by: 'mary', until: null }),
      ...Array.from({ length: 6 }, (_, n) => ownBan(n, `203.0.113.${n}`)),
    ]
    server.use(
      http.get(url('/hosts/local/own-bans'), ({ request }) => {
        const query = new URL(request.url).searchParams
        if (!query.has('ended')) return HttpResponse.json({ items: own, nextCursor: null })
        const over = (id: number, change: Partial<Schemas['OwnBan']>) =>
          ownBan(id, `198.51.100.${id}`, { inForce: false, ...change })
        return HttpResponse.json(
          query.has('cursor')
            ? { items: [over(1, { endedAt: new Date().toISOString(), endedBy: 'root' })], nextCursor: null }
            : { items: [ownBan(9, '192.0.2.99'), over(2, { until: '2026-01-01T00:00:00Z' })], nextCursor: 2 },
        )
      }),
      http.post(url('/hosts/local/own-bans/end'), async ({ request }) => {
        const { ids } = (await request.json()) as Schemas['EndOwnBansRequest']
        ended.push(...ids)
        const gone = own.filter(({ id }) => ids.includes(id))
        own = own.filter(({ id }) => !ids.includes(id))
        return HttpResponse.json({ items: gone })
      }),
      http.get(url('/hosts/local/firewall'), () => HttpResponse.json(standing())),
      http.post(url('/hosts/local/bans/check'), () => HttpResponse.json({ lines: [], counts: null })),
      http.post(url('/hosts/local/own-bans'), async ({ request }) => {
        made.push((await request.json()) as Schemas['OwnBanRequest'])
        return HttpResponse.json({ items: [] }, { status: 201 })
      }),
    )
  })

  const table = () => screen.findByRole('table', { name: 'Bans without a jail' })

  it('stand above those of fail2ban, a few of them until all are wanted', async () => {
    const { user, router } = renderPage('/bans')
    const first = within(await table())
      .getByText('45.11.0.0/16')
      .closest('tr') as HTMLElement
    expect(first).toHaveTextContent('the <b>noise</b>')
    expect(first).toHaveTextContent('mary')
    expect(first).toHaveTextContent('permanent')
    expect(within(await table()).getAllByRole('row')).toHaveLength(6)
    await row('192.0.2.0')
    await user.click(screen.getByRole('button', { name: 'Show all' }))
    await waitFor(async () => expect(within(await table()).getAllByRole('row')).toHaveLength(8))
    expect(router.state.location.search).toEqual({ own: 'all' })
  })

  it('follow the search and the family, and stay away from the bans of one jail', async () => {
    const { router, user } = renderPage('/bans?search=45.11.7.7')
    expect(within(await table()).getAllByRole('row')).toHaveLength(2)
    await user.selectOptions(screen.getByRole('combobox', { name: 'Family' }), 'IPv6')
    await waitFor(() => expect(screen.queryByRole('table', { name: 'Bans without a jail' })).toBeNull())
    await router.navigate({ to: '/bans', search: { jail: ['sshd'] } })
    await row('192.0.2.0')
    expect(screen.queryByRole('table', { name: 'Bans without a jail' })).toBeNull()
  })

  it('end at once, and can be made anew for the time that was left', async () => {
    const { user } = renderPage('/bans')
    await table()
    await user.click(screen.getByRole('button', { name: 'Unban 203.0.113.0' }))
    expect(await screen.findByText('Unbanned: 203.0.113.0')).toBeVisible()
    expect(ended).toEqual([0])
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Unban 203.0.113.0' })).toBeNull())
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    expect(await screen.findByText('Banned again: 203.0.113.0')).toBeVisible()
    expect(made).toMatchObject([{ targets: ['203.0.113.0'], reason: '' }])
    expect(made[0]?.seconds).toBeGreaterThan(2_900)
    expect(made[0]?.seconds).toBeLessThanOrEqual(3_000)
  })

  it('are ended together when selected', async () => {
    const { user } = renderPage('/bans')
    await table()
    await user.click(screen.getByRole('checkbox', { name: 'Select all that are shown' }))
    await user.click(screen.getByRole('checkbox', { name: 'Select 45.11.0.0/16' }))
    await user.click(screen.getByRole('button', { name: 'Unban 4 selected' }))
    expect(await screen.findByText('Unbanned: 4 targets')).toBeVisible()
    expect(ended.sort()).toEqual([0, 1, 2, 3])
  })

  it('are ended together also where more match than are shown', async () => {
    own = Array.from({ length: 205 }, (_, n) => ownBan(n, `203.0.113.${n}`))
    const { user } = renderPage('/bans?own=all')
    await table()
    await user.click(screen.getByRole('checkbox', { name: 'Select all that are shown' }))
    expect(screen.getByRole('button', { name: 'Unban 200 selected' })).toBeEnabled()
    await user.click(screen.getByRole('button', { name: 'Select all 205' }))
    await user.click(screen.getByRole('button', { name: 'Unban 205 selected' }))
    expect(await screen.findByText('Unbanned: 205 targets')).toBeVisible()
    expect(ended).toHaveLength(205)
  })

  it('can be made of those that are selected among fail2ban’s', async () => {
    const { user } = renderPage('/bans')
    await user.click(await select('192.0.2.1'))
    await user.click(await select('192.0.2.3'))
    await user.click(screen.getByRole('button', { name: 'Ban without a jail…' }))
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByRole('textbox', { name: 'Addresses and networks' })).toHaveValue('192.0.2.1\n192.0.2.3')
    expect(within(dialog).getByRole('radio', { name: 'Without a jail' })).toBeChecked()
  })

  it('that are over are read page by page, and lead to another ban', async () => {
    const { user } = renderPage('/bans?own=over')
    const over = await screen.findByRole('table', { name: 'Bans without a jail that are over' })
    expect(within(over).getByText('198.51.100.2').closest('tr')).toHaveTextContent(/ran out/)
    expect(within(over).queryByText('192.0.2.99')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Load older' }))
    const last = (await within(over).findByText('198.51.100.1')).closest('tr')
    expect(last).toHaveTextContent('by root')
    expect(screen.queryByRole('button', { name: 'Load older' })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Ban again… 198.51.100.2' }))
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByRole('textbox', { name: 'Addresses and networks' })).toHaveValue('198.51.100.2')
    expect(within(dialog).getByRole('radio', { name: 'Without a jail' })).toBeChecked()
  })

  it('can be ended while fail2ban is down, but not by a viewer', async () => {
    server.use(http.get(url('/start'), () => HttpResponse.json(start(currentSession('viewer')))))
    renderPage('/bans')
    await table()
    expect(screen.getByRole('button', { name: 'Unban 203.0.113.0' })).toBeDisabled()
  })
})
