import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Schemas } from '@/api/client'
import { hits, list, run, said, serveStanding, standing } from '@/features/blocking/test-blocking'
import { currentSession, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

type List = Schemas['Blocklist']

let items: List[] = []
let sent: Schemas['BlocklistRequest'][] = []

function preview(change: Partial<Schemas['BlocklistPreview']> = {}): Schemas['BlocklistPreview'] {
  const none = { count: 0, first: [] }
  return {
    bytes: 143,
    parsed: 8,
    masked: 0,
    junk: 2,
    junkExamples: [
      { line: 7, text: 'hello world' },
      { line: 8, text: '\u001b[31mred' },
    ],
    networks: 5,
    addresses: { v4: 66_049, v6: '79228162514264337593543950336' },
    share: { v4: 0.000_018, v6: 0.002 },
    waits: null,
    sample: ['45.10.0.0/16', '91.200.12.7'],
    tooWide: { count: 1, first: ['0.0.0.0/0'] },
    special: { count: 30, first: ['10.0.0.0/8'] },
    subtracted: none,
    overlaps: [{ list: 1, name: 'attackers', addresses: { v4: 257, v6: '0' } }],
    ...change,
  }
}

function serve(lists: List[], role: Schemas['Role'] = 'admin') {
  items = lists
  sent = []
  serveStanding(standing(), hits({ lists: [{ list: 1, packets: 42, bytes: 4_200 }] }))
  server.use(
    http.get(url('/start'), () => HttpResponse.json(start(currentSession(role)))),
    http.get(url('/blocklists'), () => HttpResponse.json({ items })),
    http.get(url('/blocklists/catalogue'), () => HttpResponse.json({ items: [] })),
    http.post(url('/blocklists/preview'), () => HttpResponse.json(preview())),
    http.post(url('/blocklists'), async ({ request }) => {
      const wanted = (await request.json()) as Schemas['BlocklistRequest']
      sent.push(wanted)
      const added = list(9, wanted.name, { importing: true, copy: null, last: null })
      items = [...items, added]
      return HttpResponse.json(added, { status: 201 })
    }),
  )
}

async function rowOf(name: string) {
  return (await screen.findByRole('link', { name })).closest('tr') as HTMLElement
}

const waiting = { id: 7, at: new Date().toISOString(), networks: 12, reason: 'shrank' } as const

beforeEach(() => serve([list(1, 'attackers')]))

describe('the sources', () => {
  it('say where they stand, in words, and what they come to', async () => {
    serve([
      list(1, 'attackers'),
      list(2, 'gone', {
        failures: 3,
        copy: null,
        last: run({ outcome: 'failed', problem: said('it answers 404\u202e') }),
      }),
      list(3, 'jailed', { target: { kind: 'jail', jail: 'bangui-lists' }, waiting }),
    ])
    renderPage('/blocklists')
    const attackers = await rowOf('attackers')
    expect(attackers).toHaveTextContent('in force')
    expect(attackers).toHaveTextContent('4,201 new')
    await waitFor(() => expect(attackers).toHaveTextContent('42'))
    const gone = await rowOf('gone')
    expect(gone).toHaveTextContent('failing')
    expect(
      within(gone)
        .getByText(/it answers 404/)
        .closest('[lang]'),
    ).toHaveAttribute('lang', 'en')
    expect(gone).toHaveTextContent('U+202E')
    const jailed = await rowOf('jailed')
    expect(jailed).toHaveTextContent('waits for a yes')
    expect(within(jailed).getByRole('link', { name: 'bangui-lists' })).toBeInTheDocument()
    expect(screen.getByText('Networks in force').nextSibling).toHaveTextContent('5,119')
    expect(screen.getByText('Blocked packets from them').nextSibling).toHaveTextContent('12,345')
  })

  it('say what of a list its jail does not ban, and why', async () => {
    const jailProgress = {
      wanted: 10,
      banned: 5,
      leftOut: 1,
      refused: 2,
      refusedAs: 'gateway',
      notListed: 3,
      problem: null,
    } as const
    serve([list(3, 'jailed', { target: { kind: 'jail', jail: 'bangui-lists' }, jailProgress })])
    server.use(
      http.get(url('/blocklists/overlaps'), () => HttpResponse.json({ items: [] })),
      http.get(url('/blocklists/3/runs'), () => HttpResponse.json({ items: [] })),
    )
    renderPage('/blocklists/3')
    const row = await screen.findByText(/addresses banned/)
    expect(row).toHaveTextContent('5 of 10 addresses banned, 1 entry left out')
    expect(row).toHaveTextContent('2 refused as they are protected (the gateway of this machine)')
    expect(row).toHaveTextContent('3 that fail2ban did not ban, mostly as the jail ignores them')
  })

  it('keep their order in the URL', async () => {
    serve([list(1, 'attackers'), list(2, 'tor', { copy: { at: '', networks: 9_000 } })])
    const { user, router } = renderPage('/blocklists')
    await rowOf('attackers')
    await user.click(screen.getByRole('button', { name: 'Networks' }))
    await waitFor(() => expect(router.state.location.search).toEqual({ sort: 'networks' }))
    const names = screen.getAllByRole('link', { name: /^(attackers|tor)$/ }).map((link) => link.textContent)
    expect(names).toEqual(['tor', 'attackers'])
  })

  it('say that nothing is blocked where the firewall cannot be used', async () => {
    serveStanding(standing({ table: null, unusable: said('nft is not installed') }))
    renderPage('/blocklists')
    expect(await screen.findByText(/nothing is blocked: the firewall cannot be used/)).toBeVisible()
    expect(screen.getByText('nft is not installed')).toBeVisible()
    expect(await rowOf('attackers')).toHaveTextContent('not in force')
  })

  it.each([
    ['en', 'No lists are used yet.', 'Add a blocklist…'],
    ['de', 'Es werden noch keine Listen benutzt.', 'Sperrliste hinzufügen…'],
  ] as const)('offer to add one where there is none, in %s', async (locale, said, verb) => {
    serve([])
    renderPage('/blocklists', { locale })
    expect(await screen.findByText(said)).toBeVisible()
    expect(screen.getByRole('button', { name: verb })).toBeEnabled()
  })

  it('are only to be looked at by who may not change them', async () => {
    serve([list(1, 'attackers')], 'operator')
    renderPage('/blocklists')
    await rowOf('attackers')
    expect(screen.queryByRole('button', { name: /Add a blocklist/ })).toBeNull()
    expect(screen.queryByRole('button', { name: /Actions for/ })).toBeNull()
  })
})

describe('adding a source', () => {
  async function open() {
    const page = renderPage('/blocklists')
    await page.user.click(await screen.findByRole('button', { name: 'Add a blocklist…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Add a blocklist' })
    const address = within(dialog).getByRole('textbox', { name: 'Address of the list' })
    return { ...page, dialog, address }
  }

  it('shows what it would block before it can be added', async () => {
    const { user, dialog, address } = await open()
    expect(within(dialog).getByRole('button', { name: 'Add the list' })).toBeDisabled()
    await user.type(address, 'https://lists.example.org/scanners.txt')
    await user.click(within(dialog).getByRole('button', { name: 'Look at it' }))
    const shown = await within(dialog).findByRole('region', { name: 'What it would block' })
    expect(shown).toHaveTextContent('5 networks with 66,049 IPv4 and 7.9 × 1028 IPv6 addresses would be blocked.')
    expect(shown).toHaveTextContent('That is 0.2% of all public IPv6 addresses.')
    expect(shown).toHaveTextContent('line 8U+001B[31mred')
    expect(shown).toHaveTextContent('Private or special, left out 3010.0.0.0/8and 29 more')
    expect(shown).toHaveTextContent('attackers 257')
    expect(within(dialog).getByRole('textbox', { name: 'Name' })).toHaveValue('scanners')
    await user.click(within(dialog).getByRole('button', { name: 'Add the list' }))
    expect(await screen.findByText('scanners is added.')).toBeVisible()
    expect(sent).toEqual([
      {
        name: 'scanners',
        url: 'https://lists.example.org/scanners.txt',
        allowHttp: false,
        everySeconds: 86_400,
        enabled: true,
        target: { kind: 'firewall' },
        direction: 'in',
        note: '',
      },
    ])
    expect(await rowOf('scanners')).toHaveTextContent('being fetched')
  })

  it('warns of a list that covers a large part of the internet, with the reasons of what is cut out', async () => {
    const { user, dialog, address } = await open()
    const wide = preview({
      share: { v4: 0.07, v6: 0 },
      waits: 'coversTooMuch',
      subtracted: { count: 2, first: [{ network: '45.10.0.1', reason: 'gateway' }] },
    })
    server.use(http.post(url('/blocklists/preview'), () => HttpResponse.json(wide)))
    await user.type(address, 'https://lists.example.org/a')
    await user.click(within(dialog).getByRole('button', { name: 'Look at it' }))
    const shown = await within(dialog).findByRole('region', { name: 'What it would block' })
    expect(shown).toHaveTextContent('That is 7% of all public IPv4 addresses.')
    expect(shown).toHaveTextContent('The copy covers more of the internet than a list of attackers does.')
    expect(shown).toHaveTextContent('Protected, cut out 245.10.0.1 the gateway of this machineand 1 more')
    expect(within(dialog).getByRole('button', { name: 'Add the list' })).toBeEnabled()
  })

  it('wants another look when the address changes', async () => {
    const { user, dialog, address } = await open()
    await user.type(address, 'https://lists.example.org/a')
    await user.click(within(dialog).getByRole('button', { name: 'Look at it' }))
    await within(dialog).findByRole('region', { name: 'What it would block' })
    await user.type(address, 'b')
    expect(within(dialog).queryByRole('region', { name: 'What it would block' })).toBeNull()
    expect(within(dialog).getByRole('button', { name: 'Add the list' })).toBeDisabled()
  })

  it('asks for leave before it fetches without encryption', async () => {
    const { user, dialog, address } = await open()
    await user.type(address, 'http://lists.example.org/a.txt')
    const look = within(dialog).getByRole('button', { name: 'Look at it' })
    expect(look).toBeDisabled()
    await user.click(within(dialog).getByRole('checkbox', { name: 'Fetch it without encryption' }))
    expect(look).toBeEnabled()
  })

  it('lets a list be added that cannot be fetched at the moment, and says why it cannot', async () => {
    server.use(
      http.post(url('/blocklists/preview'), () => problem('list-not-fetched', 502, { detail: 'it answers 503' })),
    )
    const { user, dialog, address } = await open()
    await user.type(address, 'https://lists.example.org/a.txt')
    await user.click(within(dialog).getByRole('button', { name: 'Look at it' }))
    expect(await within(dialog).findByText('The list could not be fetched.')).toBeVisible()
    expect(within(dialog).getAllByText('it answers 503')[0]).toBeVisible()
    expect(within(dialog).getByRole('button', { name: 'Add the list' })).toBeEnabled()
  })

  it('says at the field that a name is taken, and keeps what was written', async () => {
    server.use(http.post(url('/blocklists'), () => problem('blocklist-name-taken', 409)))
    const { user, dialog, address } = await open()
    await user.type(address, 'https://lists.example.org/scanners.txt')
    await user.click(within(dialog).getByRole('button', { name: 'Look at it' }))
    await within(dialog).findByRole('region', { name: 'What it would block' })
    await user.click(within(dialog).getByRole('button', { name: 'Add the list' }))
    const name = within(dialog).getByRole('textbox', { name: 'Name' })
    await waitFor(() => expect(name).toBeInvalid())
    expect(name).toHaveAccessibleDescription('Another blocklist has this name.')
    expect(name).toHaveValue('scanners')
  })

  it('is carried out by no jail but one for lists', async () => {
    const { user, dialog, address } = await open()
    await user.type(address, 'https://lists.example.org/scanners.txt')
    await user.click(within(dialog).getByRole('button', { name: 'Look at it' }))
    await within(dialog).findByRole('region', { name: 'What it would block' })
    await user.click(within(dialog).getByRole('radio', { name: 'a jail of fail2ban' }))
    const jail = within(dialog).getByRole('textbox', { name: 'Jail' })
    await user.clear(jail)
    await user.type(jail, 'sshd')
    await user.click(within(dialog).getByRole('button', { name: 'Add the list' }))
    expect(jail).toBeInvalid()
    expect(sent).toEqual([])
    await user.clear(jail)
    await user.type(jail, 'bangui-web')
    await user.click(within(dialog).getByRole('button', { name: 'Add the list' }))
    await waitFor(() => expect(sent).toMatchObject([{ target: { kind: 'jail', jail: 'bangui-web' } }]))
  })
})

describe('the well-known lists', () => {
  function known(
    key: string,
    name: string,
    change: Partial<Schemas['KnownBlocklist']> = {},
  ): Schemas['KnownBlocklist'] {
    return {
      key,
      name,
      url: `https://lists.example.org/${key}.txt`,
      home: 'https://lists.example.org/',
      about: `What ${name} is about.`,
      terms: 'Free.',
      format: 'addresses',
      families: 'v4',
      entries: 1_700,
      everySeconds: 43_200,
      isAdded: false,
      ...change,
    }
  }

  async function open(locale: 'en' | 'de' = 'en') {
    server.use(
      http.get(url('/blocklists/catalogue'), () =>
        HttpResponse.json({
          items: [
            known('spamhaus-drop', 'Spamhaus DROP'),
            known('brand-new', 'Brand new', { families: 'both', entries: null }),
            known('greensnow', 'GreenSnow', { isAdded: true }),
          ],
        }),
      ),
    )
    const page = renderPage('/blocklists', { locale })
    await page.user.click(await screen.findByRole('button', { name: /…$/ }))
    return page
  }

  it('say what is on them and how they may be used, and fill in what is chosen', async () => {
    const { user } = await open()
    const row = (await screen.findByText('Spamhaus DROP')).closest('li') as HTMLElement
    expect(row).toHaveTextContent('IPv4 · about 1,700 entries')
    expect(row).toHaveTextContent('What Spamhaus DROP is about.')
    expect(within(row).getByRole('link', { name: /^Publisher/ })).toHaveAttribute('rel', 'noopener noreferrer')
    expect(screen.getByText('GreenSnow').closest('li')).toHaveTextContent('added')
    expect(screen.queryByRole('button', { name: 'Choose GreenSnow' })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Choose Spamhaus DROP' }))
    const dialog = await screen.findByRole('dialog', { name: 'Add a blocklist' })
    // It is looked at straight away.
    await within(dialog).findByRole('region', { name: 'What it would block' })
    await user.click(within(dialog).getByRole('button', { name: 'Add the list' }))
    await waitFor(() =>
      expect(sent).toMatchObject([
        { name: 'Spamhaus DROP', url: 'https://lists.example.org/spamhaus-drop.txt', everySeconds: 43_200 },
      ]),
    )
  })

  it('are found by what is on them, and leave room for an address of one’s own', async () => {
    const { user } = await open()
    await user.type(await screen.findByRole('searchbox', { name: 'Find a list' }), 'brand new is')
    expect(screen.getByText('Brand new')).toBeVisible()
    expect(screen.queryByText('Spamhaus DROP')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Another address…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Add a blocklist' })
    expect(within(dialog).getByRole('textbox', { name: 'Address of the list' })).toHaveValue('')
  })

  it('are told of in German, but for those that are newer than the page', async () => {
    await open('de')
    expect(await screen.findByText(/^Netze, die Kriminellen gehören/)).not.toHaveAttribute('lang')
    expect(screen.getByText('What Brand new is about.')).toHaveAttribute('lang', 'en')
  })
})

describe('one source', () => {
  it('tells from how many to how many a waiting copy goes, and takes the yes', async () => {
    const accepted: string[] = []
    serve([list(1, 'attackers', { waiting })])
    server.use(
      http.get(url('/blocklists/1/runs'), () => HttpResponse.json({ items: [run({ outcome: 'waits' })] })),
      http.get(url('/blocklists/overlaps'), () => HttpResponse.json({ items: [] })),
      http.post(url('/blocklists/1/waiting/accept'), async ({ request }) => {
        expect(await request.json()).toEqual({ copy: 7 })
        accepted.push('1')
        items = [list(1, 'attackers')]
        return HttpResponse.json(items[0])
      }),
    )
    const { user } = renderPage('/blocklists/1')
    const banner = (await screen.findByText(/has less than half of the networks/)).closest('p')
    expect(banner).toHaveTextContent('4,201 → 12')
    await user.click(screen.getByRole('button', { name: 'Put it in force' }))
    expect(await screen.findByText('The new copy of attackers is in force.')).toBeVisible()
    expect(accepted).toEqual(['1'])
    await waitFor(() => expect(screen.queryByText(/has less than half/)).toBeNull())
  })

  it('shows its import log, with junk as text', async () => {
    serve([list(1, 'attackers')])
    server.use(
      http.get(url('/blocklists/overlaps'), () =>
        HttpResponse.json({ items: [{ first: 2, second: 1, addresses: { v4: 1, v6: '0' } }] }),
      ),
      http.get(url('/blocklists/1/runs'), () =>
        HttpResponse.json({
          items: [
            run({
              by: 'root',
              junk: 3,
              junkExamples: [{ line: 4, text: '<b>x</b>' }],
              tooWide: 1,
              subtracted: 2,
              leftOut: {
                tooWide: ['0.0.0.0/1'],
                special: [],
                subtracted: [{ network: '45.10.0.1', reason: 'gateway' }],
              },
              removed: 5,
            }),
            run({
              beganAt: '2026-01-01T00:00:00Z',
              outcome: 'failed',
              problem: said('no answer'),
              bytes: 0,
              parsed: 0,
            }),
          ],
        }),
      ),
    )
    renderPage('/blocklists/1')
    const log = await screen.findByRole('table', { name: 'Import log' })
    const [, first, second] = within(log).getAllByRole('row')
    expect(first).toHaveTextContent('ordered by root')
    expect(first).toHaveTextContent('4,201 new, 5 gone')
    expect(first).toHaveTextContent('line 4<b>x</b>and 2 more')
    expect(first).toHaveTextContent('1 too wide0.0.0.0/1')
    expect(first).toHaveTextContent('2 protected45.10.0.1 the gateway of this machineand 1 more')
    expect(second).toHaveTextContent('failedno answer')
  })

  it('is fetched at once when somebody wants it, and followed until that is done', async () => {
    serve([list(1, 'attackers')])
    let asked = 0
    server.use(
      http.get(url('/blocklists/overlaps'), () => HttpResponse.json({ items: [] })),
      http.get(url('/blocklists/1/runs'), () => HttpResponse.json({ items: [] })),
      http.post(url('/blocklists/1/import'), () => {
        items = [list(1, 'attackers', { importing: true })]
        return new HttpResponse(null, { status: 202 })
      }),
      http.get(url('/blocklists'), () => {
        if (items[0]?.importing) asked += 1
        if (asked > 2) items = [list(1, 'attackers')]
        return HttpResponse.json({ items })
      }),
    )
    const { user } = renderPage('/blocklists/1')
    await user.click(await screen.findByRole('button', { name: 'Import now' }))
    expect(await screen.findByText('being fetched')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Import now' })).toBeDisabled()
    expect(await screen.findByText('in force')).toBeVisible()
    expect(asked).toBeGreaterThan(2)
  })

  it('is deleted after a yes that says what that means', async () => {
    const gone: string[] = []
    serve([list(1, 'attackers')])
    server.use(
      http.get(url('/blocklists/overlaps'), () => HttpResponse.json({ items: [] })),
      http.get(url('/blocklists/1/runs'), () => HttpResponse.json({ items: [] })),
      http.delete(url('/blocklists/1'), () => {
        gone.push('1')
        items = []
        return new HttpResponse(null, { status: 204 })
      }),
    )
    const { user, router } = renderPage('/blocklists/1')
    await user.click(await screen.findByRole('button', { name: 'More' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Delete…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Delete a blocklist' })
    expect(dialog).toHaveTextContent('Of its 4,201 networks, those that no other list has are not blocked any more.')
    await user.click(within(dialog).getByRole('button', { name: 'Delete it' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/blocklists'))
    expect(gone).toEqual(['1'])
  })

  it('that is not there is said to be not there', async () => {
    renderPage('/blocklists/77', { locale: 'de' })
    expect(await screen.findByText('Eine solche Sperrliste gibt es nicht.')).toBeVisible()
  })
})

describe('what lists do', () => {
  it('names the addresses that were blocked most, and the lists that they are on', async () => {
    serve([list(1, 'attackers'), list(2, 'tor')])
    serveStanding(
      standing(),
      hits({
        top: [
          { address: '91.200.12.7', packets: 9_000, bytes: 540_000, lists: [1, 2] },
          { address: '203.0.113.9', packets: 3, bytes: 180, lists: [] },
        ],
      }),
    )
    renderPage('/blocklists?tab=hits')
    const table = await screen.findByRole('table', { name: 'Most blocked addresses' })
    const [, first, second] = within(table).getAllByRole('row')
    expect(first).toHaveTextContent('91.200.12.79,000540 kBattackerstor')
    expect(within(first as HTMLElement).getByRole('link', { name: '91.200.12.7' })).toHaveAttribute(
      'href',
      '/address/91.200.12.7',
    )
    expect(second).toHaveTextContent('on none now, or banned by hand')
  })

  it('is not asked of a firewall that cannot be used', async () => {
    let asked = 0
    server.use(
      http.get(url('/hosts/local/firewall'), () =>
        HttpResponse.json(standing({ table: null, unusable: said('it is off') })),
      ),
      http.get(url('/blocklists/hits'), () => {
        asked += 1
        return problem('firewall-unusable', 503)
      }),
    )
    renderPage('/blocklists?tab=hits')
    expect(await screen.findByText('Without a firewall nobody is blocked.')).toBeVisible()
    expect(asked).toBe(0)
  })

  it('says which have addresses in common, and how much of each that is', async () => {
    serve([list(1, 'attackers'), list(2, 'tor', { copy: { at: '', networks: 1, addresses: { v4: 8_912, v6: '0' } } })])
    server.use(
      http.get(url('/blocklists/overlaps'), () =>
        HttpResponse.json({ items: [{ first: 1, second: 2, addresses: { v4: 1_114, v6: '0' } }] }),
      ),
    )
    renderPage('/blocklists?tab=overlaps')
    const table = await screen.findByRole('table', { name: 'Lists with addresses in common' })
    expect(within(table).getAllByRole('row')[1]).toHaveTextContent('attackerstor1,11425%13%')
  })
})
