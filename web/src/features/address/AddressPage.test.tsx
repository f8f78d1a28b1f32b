import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Schemas } from '@/api/client'
import { renderPage } from '@/test/render'
import { HttpResponse, http, server, url } from '@/test/server'

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

beforeEach(() => {
  ignored = []
  server.use(
    http.get(url('/addresses/192.0.2.1'), () => HttpResponse.json(known)),
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
