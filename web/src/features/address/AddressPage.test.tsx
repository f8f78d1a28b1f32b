import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Schemas } from '@/api/client'
import { allowEntry, ownBan, said } from '@/features/blocking/test-blocking'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

const known: Schemas['AddressBody'] = {
  subject: '192.0.2.1',
  kind: 'address',
  family: 'v4',
  country: 'FR',
  asn: 64500,
  networkName: 'Example Net',
  scope: 'public',
  jails: [
    {
      host: 'local',
      jail: 'sshd',
      bans: 3,
      unbans: 2,
      failures: 17,
      firstAt: '2026-11-01T12:00:00.000Z',
      lastAt: '2026-11-23T12:00:00.000Z',
    },
  ],
  current: [
    {
      host: 'local',
      jail: 'sshd',
      subject: '192.0.2.1',
      kind: 'address',
      bannedAt: '2026-11-23T12:00:00.000Z',
      permanent: true,
    },
  ],
  banTimes: [
    {
      host: 'local',
      jail: 'sshd',
      bansSoFar: 3,
      increments: true,
      baseSeconds: 600,
      nextSeconds: 4_800,
      multipliers: '1 2 4 8',
    },
  ],
  guard: [{ reason: 'nameServer', address: '192.0.2.1', canBeOverridden: false }],
  ignoredIn: ['nginx'],
  unknownJails: [],
}
let ignored: unknown[] = []

function truth(change: Partial<Schemas['AddressTruth']> = {}): Schemas['AddressTruth'] {
  return { address: '192.0.2.1', verdicts: [], problem: null, lists: [], ownBans: [], allowed: [], ...change }
}

function verdict(
  path: Schemas['FirewallPath'],
  outcome: Schemas['FirewallOutcome'],
  change: Partial<Schemas['FirewallVerdict']> = {},
): Schemas['FirewallVerdict'] {
  return { path, outcome, scope: null, closed: null, rules: [], unsure: [], ...change }
}

beforeEach(() => {
  ignored = []
  server.use(
    http.get(url('/addresses/192.0.2.1'), () => HttpResponse.json(known)),
    http.get(url('/addresses/192.0.2.1/truth'), () => HttpResponse.json(truth())),
    http.get(url('/history'), () =>
      HttpResponse.json({ items: [], nextCursor: null, total: { count: 0, more: false } }),
    ),
    http.get(url('/settings'), () =>
      HttpResponse.json({
        timeZone: 'UTC',
        sessionIdleSeconds: 3_600,
        sessionAbsoluteSeconds: 86_400,
        retentionDays: 365,
        onlineLookups: false,
        blockedConnectionsStay: false,
      } satisfies Schemas['SettingsBody']),
    ),
    http.post(url('/hosts/local/jails/:jail/ignore'), async ({ request, params }) => {
      ignored.push([params.jail, await request.json()])
      return HttpResponse.json({ items: ['192.0.2.1'] })
    }),
  )
})

describe('address', () => {
  test('state, counts, the guard and the length of the next ban are told for each jail', async () => {
    renderPage('/address/192.0.2.1')
    const table = await screen.findByRole('table', { name: 'In the jails' })
    const sshd = within(table).getByRole('link', { name: 'sshd' }).closest('tr') as HTMLElement
    expect(sshd).toHaveTextContent('banned')
    expect(sshd).toHaveTextContent('17')
    const bans = new URL(within(sshd).getByRole('link', { name: '3' }).getAttribute('href') ?? '', 'http://localhost')
    expect(Object.fromEntries(bans.searchParams)).toEqual({ address: '192.0.2.1', jail: '["sshd"]', event: '["ban"]' })
    const nginx = within(table).getByRole('link', { name: 'nginx' }).closest('tr') as HTMLElement
    expect(within(nginx).getByText('ignored')).toBeInTheDocument()
    expect(screen.getByRole('note')).toHaveTextContent('192.0.2.1 is a name server of this machine.')
    expect(screen.getByText('1 2 4 8')).toBeInTheDocument()
    expect(screen.getByText('3 bans so far')).toBeInTheDocument()
  })

  test('the order of the timeline stands in the URL', async () => {
    const orders: (string | null)[] = []
    const event = {
      id: '1',
      host: 'local',
      at: '2026-11-23T12:00:00.000Z',
      event: 'ban',
      jail: 'sshd',
      subject: '192.0.2.1',
      kind: 'address',
      origin: 'detected',
      permanent: false,
      hasLines: false,
    }
    server.use(
      http.get(url('/history'), ({ request }) => {
        orders.push(new URL(request.url).searchParams.get('order'))
        return HttpResponse.json({ items: [event], nextCursor: null, total: { count: 1, more: false } })
      }),
    )
    const { user, router } = renderPage('/address/192.0.2.1?order=asc')
    await user.click(await screen.findByRole('button', { name: 'When' }))
    await waitFor(() => expect(orders).toEqual(['asc', null]))
    expect(router.state.location.search).toEqual({})
    await user.click(screen.getByRole('button', { name: 'When' }))
    await waitFor(() => expect(router.state.location.search).toEqual({ order: 'asc' }))
  })

  test('ignoring it in a jail asks for exactly that', async () => {
    const { user } = renderPage('/address/192.0.2.1')
    await user.click(await screen.findByRole('button', { name: 'Ignore in sshd' }))
    await waitFor(() => expect(ignored).toEqual([['sshd', { entry: '192.0.2.1' }]]))
    expect(screen.queryByRole('button', { name: 'Ignore in nginx' })).not.toBeInTheDocument()
  })

  test('questions to the internet cannot be asked while they are off, and an administrator may allow them', async () => {
    renderPage('/address/192.0.2.1')
    expect(await screen.findByRole('button', { name: 'Allow online lookups' })).toBeEnabled()
    expect(screen.getByRole('button', { name: 'Reverse name' })).toBeDisabled()
    expect(screen.getByRole('button', { name: 'Registration' })).toBeDisabled()
  })
})

describe('what the firewall does with it', () => {
  const card = async () =>
    (await screen.findByRole('heading', { name: 'Does the firewall block it?' })).closest('section') as HTMLElement

  test('is told for each way, with the rule as text and its counter', async () => {
    const long = `tcp dport 22 ip saddr @addr-set-sshd drop comment "${'x'.repeat(200)}\u202e<b>"`
    server.use(
      http.get(url('/addresses/192.0.2.1/truth'), () =>
        HttpResponse.json(
          truth({
            verdicts: [
              verdict('host', 'blocked', {
                scope: { allBut: false, services: ['tcp 22'] },
                rules: [
                  {
                    scope: null,
                    table: 'inet f2b-table',
                    chain: 'f2b-chain',
                    text: 'ip saddr @set counter drop',
                    packets: 1_523,
                    bytes: 91_380,
                  },
                  { scope: null, table: 'inet x', chain: 'y', text: long, packets: null, bytes: null },
                ],
              }),
              verdict('forwarded', 'notBlocked', { closed: { allBut: true, services: ['tcp 25', 'icmp'] } }),
              verdict('published', 'cannotTell', { unsure: [said('a rule looks at a mark')] }),
            ],
          }),
        ),
      ),
    )
    renderPage('/address/192.0.2.1')
    const ways = within(await card())
    const [host, forwarded, published] = await ways.findAllByRole('listitem')
    expect(host).toHaveTextContent('To this machine')
    expect(host).toHaveTextContent('blockedonly tcp 22')
    expect(host).toHaveTextContent('inet f2b-table f2b-chain1,523 packets')
    expect(host).toHaveTextContent('ip saddr @set counter drop')
    expect(host).toHaveTextContent('does not count')
    const folded = (host as HTMLElement).querySelector('details')
    expect(folded?.open).toBe(false)
    expect(folded).toHaveTextContent('U+202E<b>')
    expect(forwarded).toHaveTextContent(
      'Through this machinenot blockedclosed to everybody: everything but tcp 25 and icmp',
    )
    expect(published).toHaveTextContent('cannot be told')
    expect(
      within(published as HTMLElement)
        .getByText('a rule looks at a mark')
        .closest('[lang]'),
    ).toHaveAttribute('lang', 'en')
  })

  test('comes with lists, bans without a jail and the allowlist', async () => {
    const ended: unknown[] = []
    server.use(
      http.get(url('/addresses/192.0.2.1/truth'), () =>
        HttpResponse.json(
          truth({
            lists: [{ id: 3, name: 'scanners' }],
            ownBans: ended.length > 0 ? [] : [ownBan(4, '192.0.2.0/24', { reason: 'noisy', until: null })],
            allowed: [allowEntry(1, '192.0.2.1', { note: 'the office' })],
          }),
        ),
      ),
      http.post(url('/hosts/local/own-bans/end'), async ({ request }) => {
        ended.push(await request.json())
        return HttpResponse.json({ items: [ownBan(4, '192.0.2.0/24', { until: null })] })
      }),
    )
    const { user } = renderPage('/address/192.0.2.1')
    const found = within(await card())
    expect(await found.findByRole('link', { name: 'scanners' })).toHaveAttribute('href', '/blocklists/3')
    expect(found.getByRole('link', { name: '192.0.2.1' })).toHaveAttribute('href', '/allowlist?search=192.0.2.1')
    expect(found.getByText('the office')).toBeVisible()
    expect(found.getByText('noisy').closest('li')).toHaveTextContent('permanent')
    await user.click(found.getByRole('button', { name: 'Unban 192.0.2.0/24' }))
    expect(await screen.findByText('Unbanned: 192.0.2.0/24')).toBeVisible()
    expect(ended).toEqual([{ ids: [4] }])
    await waitFor(() => expect(found.queryByRole('button', { name: 'Unban 192.0.2.0/24' })).toBeNull())
  })

  test('is asked once, and again when somebody wants it', async () => {
    let asked = 0
    server.use(
      http.get(url('/addresses/192.0.2.1/truth'), () => {
        asked += 1
        return HttpResponse.json(truth({ problem: asked > 1 ? null : said('nft did not answer') }))
      }),
    )
    const { user } = renderPage('/address/192.0.2.1')
    const found = within(await card())
    expect(await found.findByText('nft did not answer')).toBeVisible()
    expect(asked).toBe(1)
    await user.click(found.getByRole('button', { name: 'Ask again' }))
    expect(await found.findByText('The firewall has no rules that say anything about it.')).toBeVisible()
    expect(asked).toBe(2)
  })

  test('is not known where it could not be asked, which alarms nobody', async () => {
    server.use(http.get(url('/addresses/192.0.2.1/truth'), () => problem('firewall-failed', 502)))
    renderPage('/address/192.0.2.1', { locale: 'de' })
    const said = await screen.findByText(/Die Firewall hat es nicht getan/)
    expect(said).toBeVisible()
    expect(said.closest('[role=alert]')).toBeNull()
  })

  test('is not asked about a network', async () => {
    server.use(
      http.get(url('/addresses/:ip'), () =>
        HttpResponse.json({ ...known, subject: '192.0.2.0/24', kind: 'network', guard: [], current: [] }),
      ),
    )
    renderPage('/address/192.0.2.0%2F24')
    expect(await screen.findByRole('table', { name: 'In the jails' })).toBeVisible()
    expect(screen.queryByRole('heading', { name: 'Does the firewall block it?' })).toBeNull()
  })

  test('can be changed for a while: the address is put on the allowlist with an end', async () => {
    const sent: Schemas['AllowRequest'][] = []
    server.use(
      http.post(url('/allowlist'), async ({ request }) => {
        const wanted = (await request.json()) as Schemas['AllowRequest']
        sent.push(wanted)
        return HttpResponse.json(
          { entry: allowEntry(1, wanted.subject), unbanned: 1, jails: 7, problems: [] },
          { status: 201 },
        )
      }),
    )
    const { user } = renderPage('/address/192.0.2.1')
    await user.click(await screen.findByRole('button', { name: 'Allow for a while…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Put somebody on the allowlist' })
    expect(within(dialog).getByRole('combobox', { name: 'How long' })).toHaveDisplayValue('for 1 d')
    await user.click(within(dialog).getByRole('button', { name: 'Let it through' }))
    expect(await screen.findByText('1 ban ended, 7 jails ignore it.')).toBeVisible()
    expect(sent[0]?.subject).toBe('192.0.2.1')
    expect(sent[0]?.expiresAt).not.toBeNull()
  })
})
