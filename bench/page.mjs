// What only a browser can tell: frames a second while 100,000 bans scroll by, and the weight of the first page.
//   node bench/page.mjs            (after `make build`; BANGUI_TEST_BINARY names another binary)
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
const FIRST_LOAD_BYTES = 150_000
const FIRST_LOAD_REQUESTS = 12

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
  return ((times.length - 1) * 1000) / (times.at(-1) - times[0])
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
  await banMany(lab, 'sshd')
  await until('the daemon lists them all', async () => (await lab.ask('status', 'sshd', 'short')).includes(`Currently banned:\t${BANS}`), 60_000)
  const frames = await scroll(browser, server)
  report(`frames a second while ${BANS} bans scroll`, frames.toFixed(1), '1/s', FRAMES_PER_SECOND, frames >= FRAMES_PER_SECOND)
} finally {
  await browser.close()
  await server.stop()
  await lab.stop()
}
process.exitCode = broken ? 1 : 0
