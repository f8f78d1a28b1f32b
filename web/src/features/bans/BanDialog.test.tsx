import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Schemas } from '@/api/client'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import { pretendLayout, TestList } from './test-bans'

type Line = Schemas['BanCheckLine']

/** Answers of the check by what is written; everything else will be banned. */
const KNOWN: Record<string, Partial<Line>> = {
  'not-an-ip': { outcome: 'invalid', target: null, addresses: '0', message: 'this is not an address' },
  '198.51.100.1': { outcome: 'alreadyBanned' },
  '203.0.113.99/28': { target: '203.0.113.96/28', masked: true, addresses: '16' },
  '9.9.9.0/24': {
    outcome: 'refused',
    addresses: '256',
    hits: [{ reason: 'nameServer', address: '9.9.9.9', canBeOverridden: false }],
  },
  '192.0.2.10': {
    outcome: 'needsConfirmation',
    hits: [{ reason: 'requester', address: '192.0.2.10', canBeOverridden: true }],
  },
}

let checked: Schemas['BanCheckRequest'][] = []
let banned: Schemas['BanRequest'][] = []

function check({ text }: Schemas['BanCheckRequest']): Schemas['BanCheckBody'] {
  const counts = { ok: 0, invalid: 0, duplicate: 0, alreadyBanned: 0, refused: 0, needsConfirmation: 0 }
  const first = new Map<string, number>()
  const lines = text.split('\n').flatMap((raw, index): Line[] => {
    if (raw.trim() === '') return []
    const twice = first.get(raw)
    first.set(raw, twice ?? index + 1)
    const line: Line = {
      line: index + 1,
      text: raw,
      outcome: 'ok',
      target: raw,
      masked: false,
      addresses: '1',
      message: null,
      duplicateOf: null,
      hits: [],
      ...KNOWN[raw],
      ...(twice ? { outcome: 'duplicate', duplicateOf: twice } : {}),
    }
    counts[line.outcome] += 1
    return [line]
  })
  return { lines, counts }
}

beforeEach(() => {
  pretendLayout()
  checked = []
  banned = []
  new TestList([]).serve()
  server.use(
    http.post(url('/hosts/local/bans/check'), async ({ request }) => {
      const body = (await request.json()) as Schemas['BanCheckRequest']
      checked.push(body)
      return HttpResponse.json(check(body))
    }),
    http.post(url('/hosts/local/bans'), async ({ request }) => {
      const body = (await request.json()) as Schemas['BanRequest']
      banned.push(body)
      const results = body.targets.map((target, index) => ({
        target,
        outcome: index === 1 ? ('notListed' as const) : ('banned' as const),
        hits: [],
      }))
      const notListed = results.filter((result) => result.outcome === 'notListed').length
      const counts = { banned: results.length - notListed, alreadyBanned: 0, refused: 0, notListed }
      return HttpResponse.json({ results, counts })
    }),
  )
})

async function open(path = '/bans?jail=sshd&ban=203.0.113.7', locale: 'en' | 'de' = 'en') {
  const page = renderPage(path, { locale })
  const dialog = await screen.findByRole('dialog')
  const field = within(dialog).getByRole('textbox')
  const write = (text: string) => fireEvent.change(field, { target: { value: text } })
  return { ...page, dialog, field, write }
}

describe('BanDialog', () => {
  it('opens with the address of a link, once, and names what it will do', async () => {
    const { dialog, field, router, user } = await open()
    expect(field).toHaveValue('203.0.113.7')
    await user.click(await within(dialog).findByRole('button', { name: 'Ban 1 address in sshd' }))
    expect(await screen.findByText('1 address banned')).toBeVisible()
    expect(banned).toEqual([{ jail: 'sshd', targets: ['203.0.113.7'], confirmOwnAddress: false }])
    expect(router.state.location.search).toEqual({ jail: ['sshd'] })
  })

  it('opens by the key b, and not while one writes', async () => {
    const { user } = renderPage('/bans')
    await user.type(await screen.findByRole('searchbox'), 'b')
    expect(screen.queryByRole('dialog')).toBeNull()
    await user.click(document.body)
    await user.keyboard('b')
    expect(await screen.findByRole('dialog', { name: 'Ban by hand' })).toBeVisible()
  })

  it('says of each line what would become of it, and why', async () => {
    const { dialog, write } = await open()
    write('203.0.113.1\n203.0.113.99/28\nnot-an-ip\n203.0.113.1\n198.51.100.1\n9.9.9.0/24')
    const list = await within(dialog).findByRole('list', { name: 'What would become of each line' })
    await waitFor(() => expect(list).toHaveTextContent('It contains 9.9.9.9, a name server of this machine.'))
    expect(list).toHaveTextContent('203.0.113.99/28 lies in this network, and the whole of it is meant: 16 addresses.')
    expect(list).toHaveTextContent('this is not an address')
    expect(list).toHaveTextContent('The same as line 1.')
    expect(within(list).getAllByRole('listitem')[0]).toHaveTextContent('9.9.9.0/24')
    expect(within(dialog).getByRole('button', { name: 'Ban 1 address and 1 network in sshd' })).toBeEnabled()
    expect(dialog).toHaveTextContent('4 entries are left out, see the list.')
  })

  it("bans one's own address only after a second yes that names it", async () => {
    const { dialog, write, user } = await open()
    write('192.0.2.10\n203.0.113.1')
    const yes = await within(dialog).findByRole('checkbox', { name: 'Ban 192.0.2.10 all the same' })
    expect(within(dialog).getByRole('button', { name: 'Ban 1 address in sshd' })).toBeEnabled()
    await user.click(yes)
    await user.click(within(dialog).getByRole('button', { name: 'Ban 2 addresses in sshd' }))
    await waitFor(() =>
      expect(banned).toEqual([{ jail: 'sshd', targets: ['192.0.2.10', '203.0.113.1'], confirmOwnAddress: true }]),
    )
  })

  it('takes the yes back when the address changes', async () => {
    KNOWN['192.0.2.11'] = { ...KNOWN['192.0.2.10'] }
    const { dialog, write, user } = await open()
    write('192.0.2.10')
    await user.click(await within(dialog).findByRole('checkbox', { name: 'Ban 192.0.2.10 all the same' }))
    write('192.0.2.11')
    expect(await within(dialog).findByRole('checkbox', { name: 'Ban 192.0.2.11 all the same' })).not.toBeChecked()
  })

  it('cannot be pressed before the text that stands there has been checked', async () => {
    const { dialog, write } = await open()
    expect(await within(dialog).findByRole('button', { name: 'Ban 1 address in sshd' })).toBeEnabled()
    write('203.0.113.1\n203.0.113.2')
    expect(within(dialog).getByRole('button', { name: /^Ban/ })).toBeDisabled()
    expect(await within(dialog).findByRole('button', { name: 'Ban 2 addresses in sshd' })).toBeEnabled()
  })

  it('refuses a hundred thousand pasted lines at once, without asking, and offers the first ten thousand', async () => {
    const { dialog, field, user } = await open('/bans?jail=sshd&ban=203.0.113.7')
    await waitFor(() => expect(checked).toHaveLength(1))
    const pasted = Array.from({ length: 100_000 }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`).join('\n')
    fireEvent.paste(field, { clipboardData: { getData: () => pasted } })
    expect(await within(dialog).findByText('That is more than can be banned at once.')).toBeVisible()
    expect(field).toHaveValue('203.0.113.7')
    expect(checked).toHaveLength(1)
    await user.click(within(dialog).getByRole('button', { name: /Take the first/ }))
    expect(await within(dialog).findByRole('button', { name: 'Ban 10,000 addresses in sshd' })).toBeEnabled()
    expect(within(dialog).getAllByRole('listitem').length).toBeLessThan(50)
  })

  it('explains an address that is not listed afterwards', async () => {
    const { dialog, write, user } = await open()
    write('203.0.113.1\n203.0.113.2')
    await user.click(await within(dialog).findByRole('button', { name: 'Ban 2 addresses in sshd' }))
    const result = await screen.findByText(/is not in fail2ban's list afterwards/)
    expect(result.closest('li')).toHaveTextContent('ignore list')
    expect(result.closest('li')).toHaveTextContent('203.0.113.2')
  })

  it('shows how far a long ban is, and stops it', async () => {
    let cancelled = false
    const job = (change: Partial<Schemas['JobBody']>): Schemas['JobBody'] => ({
      id: 'job-1',
      kind: 'ban',
      state: cancelled ? 'cancelled' : 'running',
      total: 30,
      done: 10,
      counts: { banned: 10, alreadyBanned: 0, refused: 0, notListed: 0 },
      unbanned: null,
      refused: [],
      error: null,
      startedAt: new Date().toISOString(),
      finishedAt: null,
      ...change,
    })
    server.use(
      http.post(url('/hosts/local/bans'), () => HttpResponse.json(job({ done: 0 }), { status: 202 })),
      http.get(url('/jobs/job-1'), () => HttpResponse.json(job({}))),
      http.delete(url('/jobs/job-1'), () => {
        cancelled = true
        return new HttpResponse(null, { status: 204 })
      }),
    )
    const { write, user } = await open()
    write(Array.from({ length: 30 }, (_, n) => `203.0.113.${n}`).join('\n'))
    await user.click(await screen.findByRole('button', { name: 'Ban 30 addresses in sshd' }))
    const bar = await screen.findByRole('progressbar', { name: 'Banning in sshd' })
    await waitFor(() => expect(bar).toHaveAttribute('aria-valuenow', '10'))
    await user.click(screen.getByRole('button', { name: 'Stop' }))
    expect(await screen.findByText('Stopped before the end: 20 were not tried.')).toBeVisible()
  })

  it('keeps what was written when the server refuses, and says why', async () => {
    server.use(
      http.post(url('/hosts/local/bans'), () =>
        problem('lock-out-guard', 409, {
          hits: [
            { target: '203.0.113.7', hits: [{ reason: 'gateway', address: '203.0.113.7', canBeOverridden: false }] },
          ],
        }),
      ),
    )
    const { dialog, user } = await open(undefined, 'de')
    await user.click(await within(dialog).findByRole('button', { name: '1 Adresse sperren in sshd' }))
    expect(await screen.findByText(/203\.0\.113\.7 ist das Gateway dieses Rechners\./)).toBeVisible()
    expect(within(dialog).getByRole('textbox')).toHaveValue('203.0.113.7')
  })
})
