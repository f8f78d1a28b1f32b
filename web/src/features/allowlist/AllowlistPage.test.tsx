import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Schemas } from '@/api/client'
import { allowEntry } from '@/features/blocking/test-blocking'
import { currentSession, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

let items: Schemas['AllowEntry'][] = []
let trouble: string | null = null
let sent: unknown[] = []

function serve(entries: Schemas['AllowEntry'][], role: Schemas['Role'] = 'operator') {
  items = entries
  trouble = null
  sent = []
  server.use(
    http.get(url('/start'), () => HttpResponse.json(start(currentSession(role)))),
    http.get(url('/allowlist'), () => HttpResponse.json({ items, problem: trouble })),
    http.post(url('/allowlist'), async ({ request }) => {
      const wanted = (await request.json()) as Schemas['AllowRequest']
      sent.push(wanted)
      const entry = allowEntry(9, wanted.subject, { note: wanted.note, expiresAt: wanted.expiresAt })
      items = [entry, ...items]
      return HttpResponse.json({ entry, unbanned: 3, jails: 5, problems: [] }, { status: 201 })
    }),
  )
}

async function rowOf(text: string) {
  return (await screen.findByText(text)).closest('tr') as HTMLElement
}

beforeEach(() => serve([allowEntry(1, '192.0.2.7', { note: 'the office' })]))

describe('the allowlist', () => {
  it('says who is let through, why, until when, and what a name stands for', async () => {
    const soon = new Date(Date.now() + 3_570_000).toISOString()
    serve([
      allowEntry(1, '192.0.2.7', { note: 'the <b>office</b>', expiresAt: soon, owner: 'root' }),
      allowEntry(2, 'vpn.example.org', {
        kind: 'name',
        resolved: { at: new Date().toISOString(), addresses: ['198.51.100.9'], problem: null },
      }),
      allowEntry(3, 'old.example.org', {
        kind: 'name',
        resolved: { at: new Date().toISOString(), addresses: [], problem: 'nobody answers' },
      }),
      allowEntry(4, '203.0.113.0/24', { holds: false }),
    ])
    renderPage('/allowlist')
    const office = await rowOf('the <b>office</b>')
    expect(office).toHaveTextContent('192.0.2.7')
    expect(office).toHaveTextContent('59 min')
    expect(office).toHaveTextContent('root')
    const vpn = await rowOf('vpn.example.org')
    expect(within(vpn).getByRole('link', { name: '198.51.100.9' })).toBeInTheDocument()
    expect(vpn).toHaveTextContent('for good')
    const old = await rowOf('old.example.org')
    expect(old).toHaveTextContent('stands for no address: nobody answers')
    expect(await rowOf('203.0.113.0/24')).toHaveTextContent('over')
    expect(screen.queryByRole('columnheader', { name: 'Host' })).toBeNull()
  })

  it('is searched by what an entry says, and the search stands in the URL', async () => {
    serve([allowEntry(1, '192.0.2.7', { note: 'the office' }), allowEntry(2, '198.51.100.1', { owner: 'mary' })])
    const { user, router } = renderPage('/allowlist')
    await user.type(await screen.findByRole('searchbox'), 'mary')
    await waitFor(() => expect(router.state.location.search).toEqual({ search: 'mary' }))
    expect(screen.getByText('198.51.100.1')).toBeVisible()
    expect(screen.queryByText('192.0.2.7')).toBeNull()
    expect(screen.getByText('1 of 2 entries')).toBeVisible()
  })

  it('tells calmly that fail2ban does not follow yet', async () => {
    trouble = 'jail.d is read-only'
    renderPage('/allowlist')
    expect(await screen.findByText(/fail2ban does not know of all of them yet/)).toBeVisible()
    expect(screen.getByText('jail.d is read-only').closest('[lang]')).toHaveAttribute('lang', 'en')
    expect(screen.getByText('jail.d is read-only').closest('[role=alert]')).toBeNull()
  })

  it('lets a viewer look only', async () => {
    serve([allowEntry(1, '192.0.2.7')], 'viewer')
    renderPage('/allowlist')
    await rowOf('192.0.2.7')
    expect(screen.queryByRole('button', { name: /Remove|Edit|Let somebody/ })).toBeNull()
  })
})

describe('putting somebody on it', () => {
  it('tells what was done at once', async () => {
    serve([])
    const { user } = renderPage('/allowlist')
    await user.click(await screen.findByRole('button', { name: 'Let somebody through…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Put somebody on the allowlist' })
    await user.type(within(dialog).getByRole('textbox', { name: 'Address, network or host name' }), ' 192.0.2.7 ')
    await user.selectOptions(within(dialog).getByRole('combobox', { name: 'How long' }), 'for 1 d')
    await user.type(within(dialog).getByRole('textbox', { name: 'Comment' }), 'on call')
    const before = Date.now()
    await user.click(within(dialog).getByRole('button', { name: 'Let it through' }))
    expect(await screen.findByText('192.0.2.7 is let through.')).toBeVisible()
    expect(screen.getByText('3 bans ended, 5 jails ignore it.')).toBeVisible()
    expect(sent).toMatchObject([{ subject: '192.0.2.7', note: 'on call' }])
    const { expiresAt } = sent[0] as Schemas['AllowRequest']
    const seconds = (Date.parse(expiresAt ?? '') - before) / 1_000
    expect(seconds).toBeGreaterThanOrEqual(86_400)
    expect(seconds).toBeLessThan(86_460)
    expect(await rowOf('on call')).toHaveTextContent('192.0.2.7')
  })

  it('tells too what could not be done at once', async () => {
    server.use(
      http.post(url('/allowlist'), () =>
        HttpResponse.json(
          { entry: allowEntry(2, '192.0.2.8'), unbanned: 0, jails: 0, problems: ['a: down', 'b: down', 'c: down'] },
          { status: 201 },
        ),
      ),
    )
    const { user } = renderPage('/allowlist', { locale: 'de' })
    await user.click(await screen.findByRole('button', { name: 'Jemanden durchlassen…' }))
    await user.type(await screen.findByRole('textbox', { name: 'Adresse, Netz oder Rechnername' }), '192.0.2.8')
    await user.click(screen.getByRole('button', { name: 'Durchlassen' }))
    expect(await screen.findByText('Für 192.0.2.8 ging nicht alles sofort. Es wird wieder versucht.')).toBeVisible()
    expect(screen.getByText('a: down · b: down …')).toHaveAttribute('lang', 'en')
  })

  it.each([
    ['en', 'invalid', 'This is no address, network or host name.'],
    ['de', 'already-allowed', 'Das steht schon auf der Erlaubnisliste.'],
  ] as const)('says at the field what is wrong with it, in %s: %s', async (locale, code, said) => {
    const errors = [{ field: 'subject', code: 'not-a-subject', message: 'this is neither' }]
    server.use(http.post(url('/allowlist'), () => problem(code, 422, code === 'invalid' ? { errors } : {})))
    const { user } = renderPage('/allowlist', { locale })
    await user.click(await screen.findByRole('button', { name: /…$/ }))
    const dialog = await screen.findByRole('dialog')
    const [subject] = within(dialog).getAllByRole('textbox')
    await user.type(subject as HTMLElement, 'no such thing!')
    await user.click(within(dialog).getByRole('button', { name: /^(Let it through|Durchlassen)$/ }))
    await waitFor(() => expect(subject).toBeInvalid())
    expect(within(dialog).getByText(said)).toBeVisible()
    expect(subject).toHaveValue('no such thing!')
  })

  it('sends nothing without a subject', async () => {
    const { user } = renderPage('/allowlist')
    await user.click(await screen.findByRole('button', { name: 'Let somebody through…' }))
    await user.click(await screen.findByRole('button', { name: 'Let it through' }))
    expect(await screen.findByText(/Write an address, a network/)).toBeVisible()
    expect(sent).toEqual([])
  })
})

describe('an entry', () => {
  it('can be given another end and comment', async () => {
    const changed: unknown[] = []
    server.use(
      http.put(url('/allowlist/1'), async ({ request }) => {
        changed.push(await request.json())
        return HttpResponse.json(items[0])
      }),
    )
    const { user } = renderPage('/allowlist')
    await user.click(await screen.findByRole('button', { name: 'Edit 192.0.2.7' }))
    const dialog = await screen.findByRole('dialog')
    expect(dialog).toHaveTextContent('192.0.2.7')
    const note = within(dialog).getByRole('textbox', { name: 'Comment' })
    await user.clear(note)
    await user.type(note, 'home')
    await user.click(within(dialog).getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('The entry is changed.')).toBeVisible()
    expect(changed).toEqual([{ note: 'home', expiresAt: null }])
  })

  it('is taken off after a yes', async () => {
    const removed: string[] = []
    server.use(
      http.delete(url('/allowlist/:id'), ({ params }) => {
        removed.push(String(params.id))
        items = []
        return new HttpResponse(null, { status: 204 })
      }),
    )
    const { user } = renderPage('/allowlist')
    await user.click(await screen.findByRole('button', { name: 'Remove 192.0.2.7' }))
    const dialog = await screen.findByRole('dialog')
    expect(dialog).toHaveTextContent('192.0.2.7 is not banned by that.')
    await user.click(within(dialog).getByRole('button', { name: 'Take it off' }))
    expect(await screen.findByText('192.0.2.7 is not on the allowlist any more.')).toBeVisible()
    expect(removed).toEqual(['1'])
    expect(await screen.findByText('Nobody is on the allowlist.')).toBeVisible()
  })
})
