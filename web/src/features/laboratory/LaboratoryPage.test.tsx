import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Schemas } from '@/api/client'
import { pretendLayout } from '@/features/bans/test-bans'
import { forgetTrays } from '@/features/config/tray/use-tray'
import { findEditor } from '@/test/editor'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import { clearDrafts } from './drafts'
import type { Sample } from './queries'
import type { RegexReport, RegexTest, TestedLine } from './test-request'

const HIT = 'Failed password for \u202eroot from 192.0.2.1 port 22'
const line = (number: number, change: Partial<TestedLine>): TestedLine => ({
  number,
  text: `line ${number}`,
  outcome: 'missed',
  cut: false,
  fields: {},
  spans: [],
  ...change,
})
const report = (change: Partial<RegexReport> = {}): RegexReport => ({
  total: 3,
  matched: 1,
  ignored: 1,
  context: 0,
  missed: 1,
  withoutTime: 1,
  failregex: [
    { regex: '^never$', matched: 0 },
    { regex: '^Failed password', matched: 1 },
  ],
  ignoreregex: [{ regex: 'harmless', matched: 1 }],
  lines: [
    line(1, {
      text: HIT,
      outcome: 'matched',
      regex: 1,
      host: '192.0.2.1',
      time: '2026-11-28T12:00:00.000Z',
      fields: { port: '22' },
      spans: [
        { name: 'host', start: 31, end: 40, exact: true },
        { name: 'port', start: 46, end: 48, exact: false },
      ],
    }),
    line(2, { text: 'harmless', outcome: 'ignored', regex: 0, time: '2026-11-28T12:00:01.000Z' }),
    line(3, { text: 'Accepted password' }),
  ],
  linesCut: false,
  milliseconds: 12,
  ...change,
})

let asked: RegexTest[]
let samples: Sample[]

beforeEach(() => {
  pretendLayout()
  clearDrafts()
  forgetTrays()
  sessionStorage.clear()
  asked = []
  samples = []
  const item = (name: string, usedBy: string[]) => ({ id: { kind: 'filter', name }, badges: [], usedBy })
  server.use(
    http.get(url('/hosts/local/config/items'), () =>
      HttpResponse.json({ items: [item('apache-auth', []), item('sshd', ['sshd'])], findings: [], asOf: '' }),
    ),
    http.get(url('/hosts/local/config/state'), () =>
      HttpResponse.json({
        version: null,
        changedOutside: [],
        applying: null,
        pending: null,
        commandsForbidden: false,
        readOnly: null,
        asOf: new Date().toISOString(),
      }),
    ),
    http.get(url('/hosts/local/jails/sshd'), () =>
      HttpResponse.json({ name: 'sshd', source: { kind: 'files', entries: ['/var/log/auth.log'] } }),
    ),
    http.get(url('/hosts/local/config/file'), () =>
      HttpResponse.json({
        path: 'filter.d/sshd.local',
        role: 'local',
        text: '[Definition]\n',
        sha256: 'a'.repeat(64),
        editable: true,
        findings: [],
      }),
    ),
    http.get(url('/hosts/local/laboratory/filters/sshd/samples'), () => HttpResponse.json({ items: samples })),
    http.put(url('/hosts/local/laboratory/filters/sshd/samples'), async ({ request }) => {
      samples = ((await request.json()) as Schemas['SamplesBody']).items
      return HttpResponse.json({ items: samples })
    }),
    http.post(url('/hosts/local/laboratory/test'), async ({ request }) => {
      asked.push((await request.json()) as RegexTest)
      return HttpResponse.json(report())
    }),
  )
})
afterEach(() => vi.restoreAllMocks())

const paste = async (text: string) => {
  fireEvent.change(await screen.findByRole('textbox', { name: 'Log lines' }), { target: { value: text } })
}
const tested = async () => within(await screen.findByRole('list', { name: 'Tested lines' })).findAllByRole('listitem')

describe('a test', () => {
  test('each line is told with its outcome in words, its regex, host, fields and time', async () => {
    renderPage('/laboratory?filter=sshd&parameters=mode%3Daggressive')
    await paste('a\nb')
    const [hit, ignored, missed] = await tested()
    expect(asked[0]).toEqual({
      source: { from: 'filter', name: 'sshd', parameters: { mode: 'aggressive' } },
      lines: { from: 'pasted', text: 'a\nb' },
      maxLines: 1_000,
    })
    expect(hit).toHaveTextContent(/matched.*failregex 2/)
    expect(hit).toHaveTextContent('U+202E')
    const marks = [...(hit?.querySelectorAll('mark') ?? [])].map((mark) => [mark.textContent, mark.title])
    expect(marks).toEqual([
      ['192.0.2.1', 'host'],
      ['22', 'port: here or at another place with the same text'],
    ])
    expect(hit).toHaveTextContent(/host192\.0\.2\.1port22/)
    expect(ignored).toHaveTextContent(/ignored.*ignoreregex 1/)
    expect(missed).toHaveTextContent(/missed.*no time understood/)
  })

  test('while one types only the last text is tested, and an older test is ended', async () => {
    const ended: string[] = []
    server.use(
      http.post(url('/hosts/local/laboratory/test'), async ({ request }) => {
        const { lines } = (await request.json()) as RegexTest
        const text = lines.from === 'pasted' ? lines.text : ''
        asked.push({} as RegexTest)
        if (text === 'last') return HttpResponse.json(report())
        await new Promise<void>((done) => request.signal.addEventListener('abort', () => done()))
        ended.push(text)
        return HttpResponse.json(report({ lines: [] }))
      }),
    )
    renderPage('/laboratory?filter=sshd')
    await paste('f')
    await paste('first')
    await waitFor(() => expect(asked).toHaveLength(1))
    await paste('last')
    expect(await tested()).toHaveLength(3)
    expect(asked).toHaveLength(2)
    await waitFor(() => expect(ended).toEqual(['first']))
  })

  test('a chosen regex marks its lines and stands in the URL; one that matched nothing says so', async () => {
    const { user, router } = renderPage('/laboratory?filter=sshd')
    await paste('a')
    await tested()
    const list = screen.getByRole('list', { name: 'failregex' })
    const [never, password] = within(list).getAllByRole('button', { name: /failregex/ })
    expect(never).toHaveTextContent('matched nothing')
    expect(password).toHaveTextContent('1 line')
    await user.click(password as HTMLElement)
    await waitFor(() => expect(router.state.location.search).toMatchObject({ regex: 'f1' }))
    const pressed = within(screen.getByRole('list', { name: 'Tested lines' })).getAllByRole('button', { pressed: true })
    expect(pressed.map((button) => button.textContent)).toEqual(['failregex 2'])
  })

  test('the totals choose lines', async () => {
    const { user, router } = renderPage('/laboratory?filter=sshd')
    await paste('a')
    await tested()
    await user.click(screen.getByRole('button', { name: '1 missed' }))
    await waitFor(async () => expect(await tested()).toHaveLength(1))
    expect((await tested())[0]).toHaveTextContent('Accepted password')
    expect(router.state.location.search).toMatchObject({ show: 'missed' })
  })

  test('a path is tested by Enter, not at every letter, and what a jail of the filter reads is offered', async () => {
    const { user, router } = renderPage('/laboratory?filter=sshd&lines=file')
    await user.type(await screen.findByRole('textbox', { name: 'Path' }), '/var/log/x.log')
    expect(asked).toHaveLength(0)
    await user.keyboard('{Enter}')
    await waitFor(() => expect(asked.at(-1)?.lines).toEqual({ from: 'file', path: '/var/log/x.log' }))
    await user.click(await screen.findByRole('button', { name: /auth\.log$/ }))
    await waitFor(() => expect(asked.at(-1)?.lines).toEqual({ from: 'file', path: '/var/log/auth.log' }))
    expect(router.state.location.search).toMatchObject({ path: '/var/log/auth.log' })
  })

  test('a test that was ended says why, and what the last one found stays', async () => {
    renderPage('/laboratory?filter=sshd')
    await paste('a')
    await tested()
    server.use(
      http.post(url('/hosts/local/laboratory/test'), () =>
        problem('test-ended', 422, { detail: 'It ran longer than 10 seconds.' }),
      ),
    )
    await paste('b')
    expect(await screen.findAllByText('It ran longer than 10 seconds.')).not.toHaveLength(0)
    expect(await tested()).toHaveLength(3)
  })

  test('an expression that fail2ban refuses is told in its words', async () => {
    server.use(
      http.post(url('/hosts/local/laboratory/test'), async ({ request }) => {
        asked.push((await request.json()) as RegexTest)
        return HttpResponse.json(report({ refused: 'Unable to compile regular expression', lines: [] }))
      }),
    )
    renderPage('/laboratory?try=regexes')
    await paste('a')
    expect(screen.getByText('Write an expression.')).toBeInTheDocument()
    fireEvent.change(screen.getByRole('textbox', { name: /^Failures/ }), { target: { value: '(\n\n^x <HOST>' } })
    expect(await screen.findByText('Unable to compile regular expression')).toBeInTheDocument()
    expect(asked[0]?.source).toEqual({
      from: 'regexes',
      failregex: ['(', '^x <HOST>'],
      ignoreregex: [],
      datepattern: null,
    })
  })

  test('parameters that are none are refused beside their field', async () => {
    const { user } = renderPage('/laboratory?filter=sshd')
    await user.type(await screen.findByRole('textbox', { name: 'Parameters' }), 'aggressive')
    expect(await screen.findByText(/Write each as name=value/)).toBeInTheDocument()
  })
})

describe('unsaved text', () => {
  test('begins with the file, is tested as it is typed, and goes to the change tray', async () => {
    const { user } = renderPage('/laboratory?filter=sshd&try=text')
    await paste('a')
    const editor = await findEditor('filter.d/sshd.local')
    expect(editor.state.doc.toString()).toBe('[Definition]\n')
    const text = '[Definition]\nfailregex = x <HOST>\n'
    act(() => editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } }))
    await waitFor(() => expect(asked.at(-1)?.source).toMatchObject({ from: 'text', name: 'sshd', text }))
    await user.click(screen.getByRole('button', { name: 'Use this text' }))
    expect(await screen.findByRole('link', { name: 'This text waits in the change tray' })).toBeInTheDocument()
    expect(sessionStorage.getItem('bangui.config-tray.admin')).toContain('"change":"writeFile"')
    await user.click(screen.getByRole('button', { name: 'Back to the file’s text' }))
    expect((await findEditor('filter.d/sshd.local')).state.doc.toString()).toBe('[Definition]\n')
    await waitFor(() => expect(asked.at(-1)?.source).toMatchObject({ from: 'text', text: '[Definition]\n' }))
  })
})

describe('samples', () => {
  test('a tested line is kept by one click, with what came of it as the expectation, and undone by another', async () => {
    const { user } = renderPage('/laboratory?filter=sshd')
    await paste('a')
    await tested()
    await user.click(screen.getByRole('button', { name: 'Keep line 1 as a sample' }))
    await waitFor(() => expect(samples).toEqual([{ line: HIT, host: '192.0.2.1', note: '' }]))
    await user.click(screen.getByRole('button', { name: 'Keep line 3 as a sample' }))
    await waitFor(() => expect(samples[1]).toEqual({ line: 'Accepted password', host: null, note: '' }))
    await user.click((await screen.findAllByRole('button', { name: 'Undo' }))[0] as HTMLElement)
    await waitFor(() => expect(samples).toHaveLength(1))
  })

  test('all are run by one button, each says whether it passed, and a change takes the results away', async () => {
    samples = [
      { line: HIT, host: '192.0.2.1', note: 'the usual' },
      { line: 'b', host: null, note: '' },
    ]
    const counted = (host: string) => ({ outcome: 'matched', host, number: 1, regex: '^from <HOST>$' })
    const bodies: unknown[] = []
    server.use(
      http.post(url('/hosts/local/laboratory/filters/sshd/samples/run'), async ({ request }) => {
        bodies.push(await request.json())
        return HttpResponse.json({
          refused: null,
          results: [
            { sample: samples[0], passed: true, found: counted('192.0.2.1') },
            { sample: samples[1], passed: false, found: counted('192.0.2.9') },
          ],
        })
      }),
    )
    const { user } = renderPage('/laboratory?filter=sshd&tab=samples')
    await user.click(await screen.findByRole('button', { name: 'Run 2 samples' }))
    expect(await screen.findByText('1 of 2 failed')).toBeInTheDocument()
    const [first, second] = within(screen.getByRole('list', { name: 'Samples' })).getAllByRole('listitem')
    expect(first).toHaveTextContent(/passed.*must count against 192\.0\.2\.1.*the usual/)
    expect(second).toHaveTextContent(/did not pass.*must not match.*counts against 192\.0\.2\.9, by failregex 2/)
    expect(bodies).toEqual([{ text: null }])
    await user.click(screen.getByRole('button', { name: 'Remove sample 2' }))
    await waitFor(() => expect(samples).toHaveLength(1))
    expect(await screen.findByRole('button', { name: 'Run 1 sample' })).toBeInTheDocument()
    expect(screen.queryByText('1 of 2 failed')).not.toBeInTheDocument()
  })

  test('one is added by hand, and changed', async () => {
    const { user } = renderPage('/laboratory?filter=sshd&tab=samples')
    await user.click(await screen.findByRole('button', { name: 'Add a sample' }))
    const dialog = screen.getByRole('dialog')
    const save = within(dialog).getByRole('button', { name: 'Add sample' })
    await user.type(within(dialog).getByRole('textbox', { name: 'Log line' }), 'from 192.0.2.3')
    expect(save).toBeDisabled()
    await user.type(within(dialog).getByRole('textbox', { name: 'Host' }), '192.0.2.3')
    await user.click(save)
    await waitFor(() => expect(samples).toEqual([{ line: 'from 192.0.2.3', host: '192.0.2.3', note: '' }]))
    await user.click(await screen.findByRole('button', { name: 'Edit sample 1' }))
    await user.click(within(screen.getByRole('dialog')).getByRole('radio', { name: 'must not match' }))
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Save sample' }))
    await waitFor(() => expect(samples).toEqual([{ line: 'from 192.0.2.3', host: null, note: '' }]))
  })
})
