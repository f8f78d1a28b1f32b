import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Schemas } from '@/api/client'
import { currentSession, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

type Settings = Schemas['SettingsBody']

let kept: Settings
const sent: Settings[] = []

beforeEach(() => {
  sent.length = 0
  kept = {
    timeZone: 'Europe/Berlin',
    sessionIdleSeconds: 3_600,
    sessionAbsoluteSeconds: 604_800,
    socket: '/run/other.sock',
    retentionDays: 365,
    onlineLookups: false,
    blockedConnectionsStay: false,
  }
  server.use(
    http.get(url('/settings'), () => HttpResponse.json(kept)),
    http.put(url('/settings'), async ({ request }) => {
      kept = (await request.json()) as Settings
      sent.push(kept)
      return HttpResponse.json(kept)
    }),
    http.get(url('/history/size'), () =>
      HttpResponse.json({ events: 12_345, oldest: '2026-01-02T03:04:05Z', bytes: 7_400_000, retentionDays: 365 }),
    ),
    http.get(url('/geo'), () =>
      HttpResponse.json({
        items: [
          {
            kind: 'country',
            name: 'iptocc',
            supplied: false,
            madeAt: null,
            ageDays: null,
            old: false,
            ranges: null,
            licence: 'MIT',
            problem: null,
          },
          {
            kind: 'network',
            name: 'Mine',
            supplied: true,
            madeAt: '2026-01-01T00:00:00Z',
            ageDays: 90,
            old: true,
            ranges: 5,
            licence: 'Mine alone',
            problem: 'mine.mmdb: no database',
          },
        ],
      }),
    ),
  )
})

const save = () => screen.getByRole('button', { name: 'Save' })

describe('settings', () => {
  test('what is changed is saved with what is not, and the page follows the new zone', async () => {
    const { user } = renderPage('/settings')
    await user.selectOptions(await screen.findByLabelText('Time zone that times are shown in'), 'Asia/Tokyo')
    await user.selectOptions(screen.getByLabelText('A session ends when unused for'), '2592000')
    const days = screen.getByLabelText('Days that events are kept')
    await user.clear(days)
    await user.type(days, '30')
    expect(screen.getByText(/removed soon after saving/)).toBeVisible()
    await user.click(screen.getByRole('switch', { name: /name servers and registries/ }))
    await user.click(screen.getByRole('switch', { name: /Connections that are there already stay/ }))
    await user.click(save())
    expect(await screen.findByText('The settings are saved.')).toBeVisible()
    expect(sent).toEqual([
      {
        timeZone: 'Asia/Tokyo',
        sessionIdleSeconds: 2_592_000,
        // Never shorter than the time without use.
        sessionAbsoluteSeconds: 2_592_000,
        socket: '/run/other.sock',
        retentionDays: 30,
        onlineLookups: true,
        blockedConnectionsStay: true,
      },
    ])
    expect(save()).toBeDisabled()
  })

  test('a number of days that cannot be meant is said at the field and not sent', async () => {
    const { user } = renderPage('/settings')
    const days = await screen.findByLabelText('Days that events are kept')
    for (const wrong of ['0', '3651', '1.5', 'x']) {
      await user.clear(days)
      await user.type(days, wrong)
      expect(screen.getByText(/from 1 to 3650/)).toBeVisible()
      expect(save()).toBeDisabled()
    }
    await user.click(screen.getByRole('button', { name: 'Discard' }))
    expect(days).toHaveValue('365')
    expect(sent).toEqual([])
  })

  test('a refusal is told and nothing that was typed is lost', async () => {
    server.use(http.put(url('/settings'), () => problem('database-read-only', 503)))
    const { user } = renderPage('/settings')
    const lookups = await screen.findByRole('switch', { name: /name servers and registries/ })
    await user.click(lookups)
    await user.click(save())
    expect(await screen.findByText('The database cannot be written.')).toBeVisible()
    expect(lookups).toBeChecked()
  })

  test('who may not change them sees them', async () => {
    server.use(http.get(url('/start'), () => HttpResponse.json(start(currentSession('viewer')))))
    renderPage('/settings')
    expect(await screen.findByText('Only an administrator can change the settings.')).toBeVisible()
    expect(screen.getByLabelText('Days that events are kept')).toBeDisabled()
    expect(screen.queryByRole('button', { name: 'Save' })).not.toBeInTheDocument()
  })

  test('how much is kept and where places come from is told, with age, licence and what is wrong', async () => {
    renderPage('/settings')
    await waitFor(() =>
      expect(screen.getByLabelText('Days that events are kept')).toHaveAccessibleDescription(
        /12,345 events in 7 MB.*The oldest is of Jan 02, 2026/,
      ),
    )
    const places = screen.getByRole('heading', { name: 'Countries and networks' }).closest('section') as HTMLElement
    await waitFor(() => expect(within(places).getByText('Made 90 days ago.', { exact: false })).toBeVisible())
    expect(places).toHaveTextContent('your file')
    expect(places).toHaveTextContent('old')
    expect(places).toHaveTextContent('Mine alone')
    expect(places).toHaveTextContent('mine.mmdb: no database')
  })
})
