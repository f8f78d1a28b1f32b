import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Schemas } from '@/api/client'
import { allowEntry, ownBan, said, standing } from '@/features/blocking/test-blocking'
import { hostStatus } from '@/test/fixtures'
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
let looked: string[][] = []

function cover(target: string, change: Partial<Schemas['BanPreviewNetwork']> = {}): Schemas['BanPreviewNetwork'] {
  const none = { countries: [], networks: [], bannedInside: 0, ownBans: 0, lists: [], allowed: [], hits: [] }
  return { target, masked: false, addresses: '1', ...none, recentLogins: logins(), ...change }
}

function logins(change: Partial<Schemas['RecentLogins']> = {}): Schemas['RecentLogins'] {
  return { days: 30, known: true, total: 0, items: [], ...change }
}

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
  looked = []
  new TestList([]).serve()
  server.use(
    http.post(url('/hosts/local/bans/check'), async ({ request }) => {
      const body = (await request.json()) as Schemas['BanCheckRequest']
      checked.push(body)
      return HttpResponse.json(check(body))
    }),
    http.post(url('/hosts/local/bans/preview'), async ({ request }) => {
      const body = (await request.json()) as Schemas['LookRequest']
      looked.push(body.targets)
      return HttpResponse.json({ items: body.targets.map((target) => cover(target)) })
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
  const field = within(dialog).getByRole('textbox', { name: /^(Addresses and networks|Adressen und Netze)$/ })
  const write = (text: string) => fireEvent.change(field, { target: { value: text } })
  return { ...page, dialog, field, write }
}

function enabled(dialog: HTMLElement, name: string | RegExp) {
  return waitFor(() => {
    const button = within(dialog).getByRole('button', { name })
    expect(button).toBeEnabled()
    return button
  })
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
    expect(list).toHaveTextContent('This is not an address or network: write one such as 192.0.2.7')
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
    const { dialog, field, user } = await open(undefined, 'de')
    await user.click(await within(dialog).findByRole('button', { name: '1 Adresse sperren in sshd' }))
    expect(await screen.findByText(/203\.0\.113\.7 ist das Gateway dieses Rechners\./)).toBeVisible()
    expect(field).toHaveValue('203.0.113.7')
  })
})

describe('a ban without a jail', () => {
  let ordered: Schemas['OwnBanRequest'][] = []
  let ended: number[][] = []

  beforeEach(() => {
    ordered = []
    ended = []
    server.use(
      http.get(url('/hosts/local/firewall'), () => HttpResponse.json(standing())),
      http.post(url('/hosts/local/own-bans'), async ({ request }) => {
        const wanted = (await request.json()) as Schemas['OwnBanRequest']
        ordered.push(wanted)
        const items = wanted.targets.map((target, index) => ownBan(10 + index, target))
        return HttpResponse.json({ items, nextCursor: null }, { status: 201 })
      }),
      http.post(url('/hosts/local/own-bans/end'), async ({ request }) => {
        const { ids } = (await request.json()) as Schemas['EndOwnBansRequest']
        ended.push(ids)
        return HttpResponse.json({ items: ids.map((id) => ownBan(id, '203.0.113.7')) })
      }),
    )
  })

  /** The check of another text or place is under way for a moment. */

  it('comes of choosing a time, lasts that long, and can be taken back', async () => {
    const { dialog, user } = await open()
    await user.selectOptions(within(dialog).getByRole('combobox', { name: 'How long' }), 'for 7 d')
    expect(within(dialog).getByRole('radio', { name: 'Without a jail' })).toBeChecked()
    expect(dialog).toHaveTextContent('fail2ban knows only the ban time of its jail, keeps no reason')
    await user.click(await enabled(dialog, 'Ban 1 address for 7 d'))
    expect(await screen.findByText('Banned without a jail: 203.0.113.7')).toBeVisible()
    expect(ordered).toEqual([{ targets: ['203.0.113.7'], seconds: 604_800, reason: '', confirmOwnAddress: false }])
    expect(screen.queryByRole('dialog')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    expect(await screen.findByText('Unbanned again: 203.0.113.7')).toBeVisible()
    expect(ended).toEqual([[10]])
    expect(banned).toEqual([])
  })

  it('comes of writing a reason, and keeps it', async () => {
    const { dialog, user } = await open()
    await user.selectOptions(within(dialog).getByRole('combobox', { name: 'How long' }), 'for ever')
    await user.type(within(dialog).getByRole('textbox', { name: 'Why' }), 'noisy')
    await user.click(await enabled(dialog, 'Ban 1 address for ever'))
    await waitFor(() => expect(ordered).toMatchObject([{ seconds: null, reason: 'noisy' }]))
  })

  it('is taken back to the jail by its own time', async () => {
    const { dialog, user } = await open()
    await user.type(within(dialog).getByRole('textbox', { name: 'Why' }), 'x')
    expect(within(dialog).getByRole('radio', { name: 'Without a jail' })).toBeChecked()
    await user.selectOptions(within(dialog).getByRole('combobox', { name: 'How long' }), 'as long as the jail says')
    await enabled(dialog, 'Ban 1 address in sshd')
  })

  it('takes a time of one’s own, and nothing that is none', async () => {
    const { dialog, user } = await open()
    await user.selectOptions(within(dialog).getByRole('combobox', { name: 'How long' }), 'for another time…')
    const time = within(dialog).getByRole('textbox', { name: 'How long' })
    await user.type(time, 'soon')
    expect(time).toBeInvalid()
    expect(within(dialog).getByRole('button', { name: /^Ban/ })).toBeDisabled()
    await user.clear(time)
    await user.type(time, '90 min')
    await user.click(await enabled(dialog, 'Ban 1 address for 1 h 30 min'))
    await waitFor(() => expect(ordered).toMatchObject([{ seconds: 5_400 }]))
  })

  it('is offered for a network, with what it covers', async () => {
    server.use(
      http.post(url('/hosts/local/bans/preview'), () =>
        HttpResponse.json({
          items: [
            cover('45.10.0.0/16', {
              addresses: '65536',
              countries: [
                { country: 'DE', percent: 14 },
                { country: null, percent: 86 },
              ],
              networks: [{ asn: 64500, name: 'Example \u202eNet', percent: 40 }],
              bannedInside: 12,
              ownBans: 1,
              lists: ['scanners'],
              allowed: [allowEntry(1, '45.10.20.7')],
              hits: [{ reason: 'allowlisted', address: '45.10.20.7', canBeOverridden: false }],
            }),
          ],
        }),
      ),
    )
    const { dialog, write, user } = await open()
    write('45.10.0.0/16')
    const covers = await within(dialog).findByRole('region', { name: 'What it covers' })
    await waitFor(() => expect(covers).toHaveTextContent('65,536 addresses'))
    expect(covers).toHaveTextContent('DEGermany 14%')
    expect(covers).not.toHaveTextContent('86')
    expect(covers).toHaveTextContent('AS64500 Example U+202ENet 40%')
    expect(covers).toHaveTextContent('12 bans in jails meet it')
    expect(covers).toHaveTextContent('1 ban without a jail meets it')
    expect(covers).toHaveTextContent('scanners')
    expect(covers).toHaveTextContent('It contains 45.10.20.7, an address on the allowlist.')
    expect(dialog).toHaveTextContent('the actions of most jails cannot block one')
    await user.click(within(dialog).getByRole('button', { name: 'Ban without a jail' }))
    await enabled(dialog, /^Ban 1 network for /)
  })

  /** What the dialog says a network covers, from where people got in as told. */
  async function covered(recentLogins: Schemas['RecentLogins'], locale: 'en' | 'de' = 'en') {
    server.use(
      http.post(url('/hosts/local/bans/preview'), () =>
        HttpResponse.json({ items: [cover('45.10.0.0/16', { addresses: '65536', recentLogins })] }),
      ),
    )
    const { dialog, write } = await open(undefined, locale)
    write('45.10.0.0/16')
    const covers = await within(dialog).findByRole('region', { name: /^(What it covers|Was es umfasst)$/ })
    await waitFor(() => expect(covers).toHaveTextContent(/65[,.]536/))
    return covers
  }

  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()

  it('warns of addresses from which somebody lately got in, and how', async () => {
    const covers = await covered(
      logins({
        total: 23,
        items: [
          { address: '45.10.20.7', lastAt: ago(2), ways: ['ssh', 'login'] },
          { address: '45.10.20.8', lastAt: ago(49), ways: ['bangui'] },
        ],
      }),
    )
    expect(covers).toHaveTextContent('In the last 30 days somebody got in from here:')
    const named = within(covers).getAllByRole('listitem')
    expect(named.map((item) => item.textContent)).toEqual([
      '45.10.20.7 SSH, login, 2 hr. ago',
      '45.10.20.8 BanGUI, 2 days ago',
      'and 21 more addresses',
    ])
    expect(covers).not.toHaveTextContent('not known')
  })

  it('says nothing of logins where none are known', async () => {
    const covers = await covered(logins())
    expect(covers).not.toHaveTextContent('somebody')
  })

  it('says where logins are not known', async () => {
    const items = [{ address: '45.10.20.8', lastAt: ago(1), ways: ['bangui' as const] }]
    const covers = await covered(logins({ known: false, total: 1, items }), 'de')
    expect(covers).toHaveTextContent('In den letzten 30 Tagen hat sich jemand von hier angemeldet:')
    expect(covers).toHaveTextContent(
      'Ob sich von dort in letzter Zeit jemand auf diesem Rechner angemeldet hat, ist nicht bekannt.',
    )
  })

  it('begins without a jail for a network', async () => {
    const { dialog } = await open('/bans?ban=198.51.100.0%2F24')
    expect(within(dialog).getByRole('radio', { name: 'Without a jail' })).toBeChecked()
  })

  it('leaves out networks that are too wide', async () => {
    const { dialog, write, user } = await open()
    await user.click(within(dialog).getByRole('radio', { name: 'Without a jail' }))
    write('203.0.113.1\n4.0.0.0/7')
    await enabled(dialog, /^Ban 1 address for /)
    expect(dialog).toHaveTextContent('a wider one is a slip of the hand')
  })

  it('takes ten thousand at once', async () => {
    const { dialog, field, user } = await open()
    await user.click(within(dialog).getByRole('radio', { name: 'Without a jail' }))
    const pasted = Array.from({ length: 10_500 }, (_, n) => `203.0.${n >> 8}.${n & 255}`).join('\n')
    fireEvent.paste(field, { clipboardData: { getData: () => pasted } })
    await user.click(await enabled(dialog, 'Take the first 10,000'))
    await user.click(await enabled(dialog, /^Ban 10,000 addresses for /))
    await waitFor(() => expect(ordered[0]?.targets).toHaveLength(10_000))
    expect(await screen.findByText('Banned without a jail: 10,000 targets')).toBeVisible()
  })

  it('can be made while fail2ban is down', async () => {
    const daemon = { state: 'down', version: null, reason: 'refused', detail: null, remedy: null, since: null } as const
    server.use(http.get(url('/hosts/local/status'), () => HttpResponse.json(hostStatus({ daemon }))))
    const { user } = renderPage('/bans')
    await screen.findByText(/fail2ban is down/)
    await user.click((await screen.findAllByRole('button', { name: 'Ban…' }))[0] as HTMLElement)
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByRole('radio', { name: 'Without a jail' })).toBeChecked()
    await user.type(within(dialog).getByRole('textbox', { name: 'Addresses and networks' }), '203.0.113.7')
    await enabled(dialog, /^Ban 1 address for /)
    await user.click(within(dialog).getByRole('radio', { name: 'In a jail' }))
    expect(dialog).toHaveTextContent('fail2ban is down at the moment.')
    expect(within(dialog).getByRole('button', { name: /^Ban/ })).toBeDisabled()
  })

  it('says ahead that the firewall cannot be used', async () => {
    server.use(
      http.get(url('/hosts/local/firewall'), () =>
        HttpResponse.json(standing({ table: null, unusable: said('no nft') })),
      ),
    )
    const { dialog, user } = await open()
    await user.click(within(dialog).getByRole('radio', { name: 'Without a jail' }))
    expect(await within(dialog).findByText('no nft')).toBeVisible()
    expect(within(dialog).getByRole('button', { name: /^Ban/ })).toBeDisabled()
    await user.click(within(dialog).getByRole('radio', { name: 'In a jail' }))
    await enabled(dialog, 'Ban 1 address in sshd')
  })

  it('keeps what was written when it is refused', async () => {
    server.use(http.post(url('/hosts/local/own-bans'), () => problem('firewall-unusable', 503, { detail: 'no nft' })))
    const { dialog, field, user } = await open(undefined, 'de')
    await user.click(within(dialog).getByRole('radio', { name: 'Ohne Jail' }))
    await user.click(await enabled(dialog, /^1 Adresse sperren/))
    expect(await within(dialog).findByText('Die Firewall ist nicht zu benutzen.')).toBeVisible()
    expect(field).toHaveValue('203.0.113.7')
  })
})

describe('a file with addresses', () => {
  const listed = (text: string, name = 'bad.txt') => new File([text], name, { type: 'text/plain' })
  const LIST = '# bad ones\n203.0.113.1 ; SBL1\nnot-an-ip\n203.0.113.2 // by hand\n'
  let unbanned: Schemas['UnbanRequest'][] = []

  beforeEach(() => {
    unbanned = []
    server.use(
      http.post(url('/hosts/local/unbans'), async ({ request }) => {
        const body = (await request.json()) as Schemas['UnbanRequest']
        unbanned.push(body)
        const results = body.targets.map(({ subject, jail }) => ({
          subject,
          jail,
          unbannedIn: ['sshd'],
          stillBannedIn: [],
        }))
        return HttpResponse.json({ results, unbanned: results.length })
      }),
    )
  })

  it('is read in the browser, what is junk in it is told, and then it is banned in a jail and undone as one', async () => {
    const { dialog, field, user, write } = await open()
    write('')
    await user.upload(within(dialog).getByLabelText('File with addresses'), listed(LIST))
    await waitFor(() => expect(field).toHaveValue('\n203.0.113.1\nnot-an-ip\n203.0.113.2'))
    expect(await within(dialog).findByText(/nothing is banned yet/)).toHaveTextContent('bad.txt')
    expect(await within(dialog).findByText(/1 is no address:/)).toHaveTextContent('line 3: “not-an-ip”')
    expect(banned).toEqual([])
    server.use(
      http.post(url('/hosts/local/bans'), async ({ request }) => {
        const body = (await request.json()) as Schemas['BanRequest']
        banned.push(body)
        const results = body.targets.map((target) => ({ target, outcome: 'banned' as const, hits: [] }))
        return HttpResponse.json({
          results,
          counts: { banned: results.length, alreadyBanned: 0, refused: 0, notListed: 0 },
        })
      }),
    )
    await user.click(await enabled(dialog, 'Ban 2 addresses in sshd'))
    await user.click(await screen.findByRole('button', { name: 'Undo all of it' }))
    await waitFor(() =>
      expect(unbanned).toEqual([
        {
          targets: [
            { subject: '203.0.113.1', jail: 'sshd' },
            { subject: '203.0.113.2', jail: 'sshd' },
          ],
        },
      ]),
    )
  })

  it('that is dropped goes behind what is written, and is banned without a jail too', async () => {
    const { dialog, field, user } = await open()
    await user.click(within(dialog).getByRole('radio', { name: 'Without a jail' }))
    fireEvent.drop(field, { dataTransfer: { files: [listed(LIST)], types: ['Files'] } })
    await waitFor(() => expect(field).toHaveValue('203.0.113.7\n\n203.0.113.1\nnot-an-ip\n203.0.113.2'))
    await enabled(dialog, /^Ban 3 addresses for /)
  })

  it('that is none says why, and changes nothing', async () => {
    const { dialog, field, user } = await open()
    const input = within(dialog).getByLabelText('File with addresses')
    await user.upload(input, listed('1'.repeat(1_000_001), 'film.txt'))
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('film.txt: it is larger than 1000 kB.')
    await user.upload(input, listed('\0\0', 'packed.txt'))
    await waitFor(() => expect(within(dialog).getByRole('alert')).toHaveTextContent('packed.txt: it is no plain text.'))
    fireEvent.drop(field, { dataTransfer: { files: [listed('a'), listed('b')], types: ['Files'] } })
    await waitFor(() => expect(within(dialog).getByRole('alert')).toHaveTextContent('one file at a time.'))
    expect(field).toHaveValue('203.0.113.7')
  })

  it('with too many asks for the first of them', async () => {
    const { dialog, user, write } = await open()
    write('')
    const many = Array.from({ length: 10_100 }, (_, n) => `203.0.${n >> 8}.${n & 255}`).join('\n')
    await user.upload(within(dialog).getByLabelText('File with addresses'), listed(many))
    await user.click(await enabled(dialog, 'Take the first 10,000'))
    await enabled(dialog, 'Ban 10,000 addresses in sshd')
  })
})
