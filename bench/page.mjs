// What only a browser can tell: the weight of the first page, how soon a ban is in an open page, and frames a second while 100,000 bans scroll by.
//   node bench/page.mjs            (after `make build`; BANGUI_TEST_BINARY names another binary)
import { readFile } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'
import { openPage, startBrowser } from '../e2e/lib/browser.mjs'
import { setUp, signIn } from '../e2e/lib/flows.mjs'
import { startLab, startServer } from '../e2e/lib/programs.mjs'
import { until } from '../e2e/lib/until.mjs'

const BANS = 100_000
/** Small orders, as the product itself sends them: the daemon answers nobody else meanwhile. */
const BANS_PER_ORDER = 2_000
const SCROLL_SECONDS = 5
const WHEEL_PIXELS = 240
const FRAMES_PER_SECOND = 50
/** Rounds at most, as in the other measures: what else the machine does is not BanGUI's. */
const ROUNDS = 3
const SECOND = 1000
/** What a program at rest uses of a second of a processor, in hundredths. */
const TICKS_AT_REST = 5
const FIRST_LOAD_BYTES = 150_000
const FIRST_LOAD_REQUESTS = 12
const LIVE_BANS = 60
const LIVE_MILLISECONDS = 500

let broken = false

function report(what, value, unit, limit, holds) {
  broken ||= !holds
  console.log(`${what.padEnd(58)} ${String(value).padStart(10)} ${unit.padEnd(8)} limit ${limit}: ${holds ? 'holds' : 'BROKEN'}`)
}

/** The n-th address of 198.18.0.0/15, which is set apart for benchmarks. */
function address(n) {
  return `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`
}

async function banMany(lab, jail) {
  for (let from = 0; from < BANS; from += BANS_PER_ORDER) {
    await lab.ask('set', jail, 'banip', ...Array.from({ length: BANS_PER_ORDER }, (_, i) => address(from + i)))
  }
}

/**
 * All that a browser which knows nothing yet gets over the wire until the overview's figures are shown: the sign-in, then the
 * page behind it, their questions and the sign in the tab. Left out is the order that the person gives, and what comes from the browser's own cache.
 */
async function firstLoad(browser, server) {
  const page = await openPage(browser)
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  const asked = new Map()
  const load = { bytes: 0, requests: 0, encodings: new Set() }
  const came = []
  session.on('Network.requestWillBeSent', ({ requestId, request, wallTime }) => asked.set(requestId, { method: request.method, at: wallTime * 1000 }))
  session.on('Network.responseReceived', ({ response }) => {
    const encoding = Object.entries(response.headers).find(([name]) => name.toLowerCase() === 'content-encoding')?.[1]
    if (encoding) load.encodings.add(encoding)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const { method, at } = asked.get(requestId) ?? {}
    if (method === 'GET' && encodedDataLength > 0) came.push({ at, bytes: encodedDataLength })
  })
  // What the page asks for once the figures stand is no part of it.
  await page.addInitScript(() => {
    const shown = () => [...document.querySelectorAll('dt')].some((name) => name.textContent === 'Bans in this time' && /\d/.test(name.nextElementSibling?.textContent ?? ''))
    new MutationObserver(() => { globalThis.shown_ ??= shown() ? Date.now() : undefined }).observe(document, { subtree: true, childList: true, characterData: true })
  })
  await page.goto(server.url)
  await signIn(page)
  const shown = await (await page.waitForFunction(() => globalThis.shown_)).jsonValue()
  const part = came.filter(({ at }) => at <= shown)
  const first = { ...load, requests: part.length, bytes: part.reduce((sum, { bytes }) => sum + bytes, 0) }
  await page.context().close()
  return first
}

/** Frames a second over all of the time, and in its slowest second. */
function frameRates(times) {
  const within = (from) => times.filter((at) => at > from && at <= from + SECOND).length
  const last = times.at(-1)
  const whole = times.filter((from) => from + SECOND <= last)
  return { average: ((times.length - 1) * SECOND) / (last - times[0]), slowest: Math.min(...whole.map(within)) }
}

/** Hundredths of a second that a program has used of the processors. */
async function ticks(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13)
  return Number(user) + Number(system)
}

/**
 * Waits until daemon and server are at rest. A hundred thousand bans at once keep the daemon busy for half a minute after they are in force, as its observer
 * looks at each of them and its jail of repeat offenders reads a line of each; and the server writes down what it hears of that. How fast the page
 * scrolls is measured, and not how it shares two processors with that.
 */
async function atRest(lab, server) {
  const pids = [Number(await readFile(`${lab.folder}/fail2ban.pid`, 'utf8')), server.program.child.pid]
  await until('daemon and server are at rest', async () => {
    const before = await Promise.all(pids.map(ticks))
    await after(SECOND)
    const now = await Promise.all(pids.map(ticks))
    return now.every((used, at) => used - before[at] <= TICKS_AT_REST)
  }, 180_000)
}

/** Scrolls from the moment on that the page shows rows. */
async function scroll(browser, server) {
  const page = await openPage(browser)
  await page.goto(new URL('bans', server.url).href)
  await signIn(page)
  await page.getByRole('heading', { name: 'Bans', level: 1 }).waitFor()
  await page.getByRole('checkbox', { name: /^Select/ }).nth(5).waitFor()
  await page.mouse.move(700, 500)
  await page.evaluate(() => {
    globalThis.frames_ = []
    const frame = (at) => { globalThis.frames_.push(at); requestAnimationFrame(frame) }
    requestAnimationFrame(frame)
  })
  const end = Date.now() + SCROLL_SECONDS * 1000
  while (Date.now() < end) await page.mouse.wheel(0, WHEEL_PIXELS)
  const times = await page.evaluate(() => globalThis.frames_)
  await page.context().close()
  return frameRates(times)
}

/** When the daemon wrote that it banned the address, by its own log. */
async function bannedAt(lab, jail, address) {
  const line = (await readFile(lab.logFile, 'utf8')).split('\n').find((text) => text.endsWith(`[${jail}] Ban ${address}`))
  return new Date(line.slice(0, 23).replace(' ', 'T').replace(',', '.')).getTime()
}

/** From the daemon's own line about a ban to its row in an open page, in ms, sorted. */
async function banToRow(browser, server, lab) {
  const page = await openPage(browser)
  await page.goto(server.url)
  await signIn(page)
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  await page.getByText('Live feed on').first().waitFor({ state: 'attached' })
  const took = []
  for (let n = 0; n < LIVE_BANS; n += 1) {
    // Of 203.0.113.0/24, which nothing else here bans.
    const banned = `203.0.113.${n + 1}`
    const seen = page.evaluate((text) => new Promise((done) => {
      const look = () => document.querySelector('main').textContent.includes(text) && done(Date.now())
      new MutationObserver(look).observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true })
      look()
    }), banned)
    await lab.ask('set', 'sshd', 'banip', banned)
    const at = await seen
    took.push(at - (await bannedAt(lab, 'sshd', banned)))
    await lab.ask('set', 'sshd', 'unbanip', banned)
  }
  await page.context().close()
  return took.sort((a, b) => a - b)
}

const lab = await startLab()
const server = await startServer(lab, { BANGUI_LOG: 'warn' })
const browser = await startBrowser()
try {
  const page = await openPage(browser)
  await setUp(page, server)
  await page.context().close()
  const first = await firstLoad(browser, server)
  report(`first load over the wire, ${[...first.encodings].join(' and ')}`, first.bytes, 'B', FIRST_LOAD_BYTES, first.bytes <= FIRST_LOAD_BYTES)
  report('first load: requests', first.requests, '', FIRST_LOAD_REQUESTS, first.requests <= FIRST_LOAD_REQUESTS)
  const live = await banToRow(browser, server, lab)
  const percentile = (part) => live[Math.min(live.length - 1, Math.floor(live.length * part))]
  console.log(`a ban to its row in an open page: median ${percentile(0.5)} ms, most ${live.at(-1)} ms, of ${live.length}`)
  report('a ban to its row in an open page: p95', percentile(0.95), 'ms', LIVE_MILLISECONDS, percentile(0.95) < LIVE_MILLISECONDS)
  await banMany(lab, 'sshd')
  await until('the daemon lists them all', async () => (await lab.ask('status', 'sshd', 'short')).includes(`Currently banned:\t${BANS}`), 60_000)
  await atRest(lab, server)
  const rounds = []
  while (rounds.length < ROUNDS && !rounds.some(({ slowest }) => slowest >= FRAMES_PER_SECOND)) rounds.push(await scroll(browser, server))
  for (const { average, slowest } of rounds) console.log(`frames a second while ${BANS} bans scroll: ${average.toFixed(1)} on average, ${slowest} in the slowest`)
  const slowest = Math.max(...rounds.map((round) => round.slowest))
  report('… in the slowest second of the best round', slowest, '1/s', FRAMES_PER_SECOND, slowest >= FRAMES_PER_SECOND)
} finally {
  await browser.close()
  await server.stop()
  await lab.stop()
}
process.exitCode = broken ? 1 : 0
