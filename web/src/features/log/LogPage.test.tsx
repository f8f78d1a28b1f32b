import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Schemas } from '@/api/client'
import { scroller } from '@/components/page-scroll'
import { pretendLayout } from '@/features/bans/test-bans'
import { currentSession, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

const line = (text: string, change: Partial<Schemas['LogLineBody']> = {}): Schemas['LogLineBody'] => ({
  at: '2026-11-28T12:00:00.000Z',
  level: 'notice',
  logger: 'actions',
  text,
  cut: false,
  ...change,
})
/** A log that grows: what is pushed comes with the next asking. */
let log: Schemas['LogLineBody'][]
let asked: URLSearchParams[]
let gap = false

beforeEach(() => {
  pretendLayout()
  log = [line('[sshd] Ban 192.0.2.1'), line('bad thing', { level: 'error', logger: 'filter' })]
  asked = []
  gap = false
  server.use(
    http.get(url('/hosts/local/log'), ({ request }) => {
      const query = new URL(request.url).searchParams
      asked.push(query)
      const from = Number(query.get('after') ?? 0)
      return HttpResponse.json({
        lines: log.slice(from),
        next: String(log.length),
        source: '/var/log/fail2ban.log',
        problem: null,
        gap,
      })
    }),
  )
})
afterEach(() => vi.restoreAllMocks())

const rows = async () => within(await screen.findByRole('list', { name: 'Lines of the log' })).getAllByRole('listitem')

describe('the log', () => {
  test('lines are told with level, part and text, and hidden characters are seen', async () => {
    log.push(line('user \u202eroot'))
    renderPage('/log')
    await rows()
    const [first, second, third] = await rows()
    expect(first).toHaveTextContent(/NOTICE.*actions.*\[sshd\] Ban 192\.0\.2\.1/)
    expect(second).toHaveTextContent(/ERROR.*filter.*bad thing/)
    expect(third).toHaveTextContent('user U+202Eroot')
    expect(screen.getByText('/var/log/fail2ban.log')).toBeInTheDocument()
  })

  test('level and text of the URL are asked for, and a choice goes there', async () => {
    const { user, router } = renderPage('/log?level=warning&text=sshd')
    await rows()
    expect(asked[0]?.get('level')).toBe('warning')
    expect(asked[0]?.get('text')).toBe('sshd')
    await user.selectOptions(screen.getByRole('combobox', { name: 'Level' }), 'All levels')
    await waitFor(() => expect(router.state.location.search).toEqual({ text: 'sshd' }))
    await waitFor(() => expect(asked.at(-1)?.get('level')).toBeNull())
  })

  test('what is written later is asked for from the last place on, and added', async () => {
    renderPage('/log')
    await rows()
    log.push(line('[sshd] Ban 192.0.2.7'))
    await waitFor(async () => expect(await rows()).toHaveLength(3))
    expect(asked.at(-1)?.get('after')).not.toBeNull()
    expect((await rows())[0]).toHaveTextContent('Ban 192.0.2.1')
  })

  test('missing lines are said where they are missing', async () => {
    renderPage('/log')
    await rows()
    gap = true
    log.push(line('later'))
    await waitFor(async () => expect((await rows())[2]).toHaveTextContent(/Lines are missing here/))
  })

  test('while somebody reads above nothing moves, and a button tells what waits', async () => {
    const { user } = renderPage('/log')
    await rows()
    const main = scroller() as HTMLElement
    vi.spyOn(main, 'scrollHeight', 'get').mockReturnValue(5_000)
    main.scrollTop = 3_000
    fireEvent.scroll(main)
    main.scrollTop = 1_000
    fireEvent.scroll(main)
    expect(await screen.findByText('paused')).toBeInTheDocument()
    log.push(line('new one'))
    const button = await screen.findByRole('button', { name: '1 new line' })
    expect(await rows()).toHaveLength(2)
    await user.click(button)
    await waitFor(async () => expect(await rows()).toHaveLength(3))
    expect(screen.getByText('following')).toBeInTheDocument()
  })

  test('a cut line says so, and a long one is shown in full by a click', async () => {
    log = [line(`${'x'.repeat(3_000)}end`, { cut: true })]
    const { user } = renderPage('/log')
    const [row] = await rows()
    expect(row).toHaveTextContent(/cut: the line is longer in the log/)
    expect(row).not.toHaveTextContent('end')
    await user.click(within(row as HTMLElement).getByRole('button', { name: /more characters/ }))
    expect(row).toHaveTextContent('xend')
  })

  test('a log that cannot be read says why, and where that is changed', async () => {
    server.use(
      http.get(url('/hosts/local/log'), () =>
        HttpResponse.json({
          lines: [],
          next: '',
          source: 'STDOUT',
          problem: { code: 'log-target-other', detail: 'fail2ban logs to STDOUT.' },
          gap: false,
        }),
      ),
    )
    renderPage('/log')
    expect(await screen.findByText('fail2ban logs to STDOUT.')).toBeInTheDocument()
    expect(screen.getByRole('link', { name: 'Choose another log target' })).toHaveAttribute('href', '/config/server')
    expect(screen.queryByRole('list', { name: 'Lines of the log' })).not.toBeInTheDocument()
  })

  test('an administrator flushes the log and reads what fail2ban did; others have no such button', async () => {
    let answer = 'rolled over'
    server.use(http.post(url('/hosts/local/log/flush'), () => HttpResponse.json({ answer })))
    const { user, unmount } = renderPage('/log')
    const button = await screen.findByRole('button', { name: 'Flush logs' })
    await user.click(button)
    expect(await screen.findByText('fail2ban opened its log anew.')).toBeInTheDocument()
    answer = 'flushed'
    await user.click(button)
    expect(await screen.findByText(/handed on what it had not yet written/)).toBeInTheDocument()
    answer = 'something else'
    await user.click(button)
    expect(await screen.findByText('something else')).toBeInTheDocument()
    unmount()
    server.use(http.get(url('/start'), () => HttpResponse.json(start(currentSession('operator')))))
    renderPage('/log')
    await rows()
    expect(screen.queryByRole('button', { name: 'Flush logs' })).not.toBeInTheDocument()
  })

  test('why a flush failed is said in the language of the page', async () => {
    const detail = 'The socket was not found.'
    server.use(http.post(url('/hosts/local/log/flush'), () => problem('daemon-unavailable', 503, { detail })))
    const { user } = renderPage('/log', { locale: 'de' })
    await user.click(await screen.findByRole('button', { name: 'Logs neu öffnen' }))
    expect(await screen.findByText(/^fail2ban läuft nicht, oder BanGUI kommt nicht an seinen Socket/)).toBeVisible()
    expect(screen.queryByText(detail)).not.toBeInTheDocument()
  })

  test('a failure is told and what was there stays', async () => {
    renderPage('/log')
    await rows()
    server.use(http.get(url('/hosts/local/log'), () => problem('forbidden', 403)))
    expect(await screen.findByText('Your role does not allow this.')).toBeInTheDocument()
    expect(await rows()).toHaveLength(2)
  })
})
