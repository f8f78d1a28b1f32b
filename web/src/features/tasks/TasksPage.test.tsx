import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Schemas } from '@/api/client'
import { currentSession, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

type Task = Schemas['TaskBody']

const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString()

function task(changed: Partial<Task>): Task {
  return {
    name: 'history-retention',
    schedule: { kind: 'daily', at: '03:30' },
    limitSeconds: 7_200,
    runningSince: null,
    nextAt: minutes(90),
    last: null,
    ...changed,
  }
}

function run(changed: Partial<NonNullable<Task['last']>>): NonNullable<Task['last']> {
  return {
    beganAt: minutes(-5),
    tookMs: 12,
    cause: 'schedule',
    by: null,
    outcome: 'done',
    count: 0,
    problem: null,
    ...changed,
  }
}

let items: Task[] = []
let ordered: string[] = []

function serve(role: 'viewer' | 'admin' = 'admin') {
  ordered = []
  const session = currentSession()
  server.use(
    http.get(url('/start'), () => HttpResponse.json(start({ ...session, user: { ...session.user, role } }))),
    http.get(url('/tasks'), () => HttpResponse.json({ items })),
    http.post(url('/tasks/:name/run'), async ({ params, request }) => {
      // A request without a JSON body is refused by the real one.
      expect(await request.json()).toEqual({})
      ordered.push(String(params.name))
      items = items.map((one) => (one.name === params.name ? { ...one, runningSince: minutes(0) } : one))
      return new HttpResponse(null, { status: 202 })
    }),
  )
}

async function row(text: string) {
  const cell = await screen.findByText(text)
  const found = cell.closest('tr')
  if (!found) throw new Error('no row')
  return found
}

describe('tasks', () => {
  beforeEach(() => {
    items = [
      task({
        name: 'session-clean-up',
        schedule: { kind: 'every', seconds: 3_600 },
        last: run({ count: 4, tookMs: 2_000 }),
      }),
      task({ last: run({ cause: 'missed', outcome: 'tookTooLong', count: null, tookMs: 7_200_000 }) }),
      task({
        name: 'new-one',
        schedule: { kind: 'weekly', day: 'sunday', at: '04:00' },
        last: run({ cause: 'person', by: 'root', outcome: 'failed', count: null, problem: 'the disk \u202eis full' }),
      }),
    ]
    serve()
  })

  test('each says when it runs, how it last went and what for', async () => {
    renderPage('/tasks')
    const hourly = await row('Ended sessions')
    expect(hourly).toHaveTextContent('every hour')
    expect(hourly).toHaveTextContent('2 s')
    expect(hourly).toHaveTextContent('done4 sessions')
    const daily = await row('Old history')
    expect(daily).toHaveTextContent('daily at 03:30')
    expect(daily).toHaveTextContent('caught up after a stop')
    expect(daily).toHaveTextContent('It took longer than 2 h.')
    const unknown = await row('new-one')
    expect(unknown).toHaveTextContent('Sundays at 04:00')
    expect(unknown).toHaveTextContent('ordered by root')
    const problem = within(unknown).getByText(/the disk/)
    expect(problem).toHaveTextContent('the disk U+202Eis full')
    expect(problem.closest('[lang]')).toHaveAttribute('lang', 'en')
  })

  test('an administrator has one run at once', async () => {
    const { user } = renderPage('/tasks')
    const wanted = await row('Ended sessions')
    await user.click(within(wanted).getByRole('button', { name: 'Run now: Ended sessions' }))
    await waitFor(() => expect(wanted).toHaveTextContent('runs now'))
    expect(ordered).toEqual(['session-clean-up'])
    expect(within(wanted).getByRole('button', { name: 'Run now: Ended sessions' })).toBeDisabled()
  })

  test.each([
    ['en', 'Old history', 'The task runs already. Wait until it has ended.'],
    ['de', 'Alter Verlauf', 'Die Aufgabe läuft schon. Warten, bis sie geendet hat.'],
  ] as const)('an order that comes too late says why, in %s', async (locale, name, said) => {
    const detail = 'Wait until it has ended; what it did is then shown.'
    server.use(
      http.post(url('/tasks/:name/run'), () =>
        problem('task-running', 409, { title: 'The task runs already', detail }),
      ),
    )
    const { user } = renderPage('/tasks', { locale })
    await user.click(within(await row(name)).getByRole('button'))
    expect(await screen.findByText(said)).toBeInTheDocument()
    expect(screen.queryByText(detail)).toBeNull()
  })

  test.each([
    ['en', 'Times of day are those of Europe/Berlin.'],
    ['de', 'Uhrzeiten sind die von Europe/Berlin.'],
  ] as const)('the zone that times of day mean is said, in %s', async (locale, said) => {
    renderPage('/tasks', { locale })
    expect(await screen.findByText(said)).toBeInTheDocument()
  })

  test('a viewer sees all and orders nothing', async () => {
    serve('viewer')
    renderPage('/tasks', { locale: 'de' })
    expect(await row('Alter Verlauf')).toHaveTextContent('täglich um 03:30')
    expect(screen.queryByRole('button', { name: /ausführen/i })).toBeNull()
    expect(await row('Beendete Sitzungen')).toHaveTextContent(/jede Stunde.*erledigt4 Sitzungen/)
  })
})
