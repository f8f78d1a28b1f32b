// The pictures in docs/screenshots: each page, light and dark, at 1440 and 390 pixels, over a lab that has run for a while.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { openPage, startBrowser } from './lib/browser.mjs'
import { changes } from './lib/changes.mjs'
import { setUp, signIn } from './lib/flows.mjs'
import { startLab, startServer } from './lib/programs.mjs'
import { until } from './lib/until.mjs'

const OUT = resolve(process.argv[2] ?? join(import.meta.dirname, '../docs/screenshots'))
const ENOUGH_BANS = 40
const PAGES = { overview: '', map: 'map', history: 'history', jails: 'jails', jail: 'jails/sshd?tab=settings', config: 'config', filters: 'config?kind=filter', actions: 'config?kind=action', defaults: 'config/defaults', 'config-jail': 'config/jails/sshd', 'config-file': 'config/filters/sshd?tab=files&file=filter.d%2Fsshd.conf', versions: 'config/versions', log: 'log', bans: 'bans', tasks: 'tasks', sessions: 'sessions', audit: 'audit', settings: 'settings' }
const LINES = [
  'Nov 28 12:00:01 gate sshd[4711]: Failed password for root from 192.0.2.1 port 22 ssh2',
  'Nov 28 12:00:02 gate sshd[4712]: Invalid user admin from 2001:db8::7 port 40112',
  'Nov 28 12:00:03 gate sshd[4713]: Accepted publickey for alice from 198.51.100.7 port 50122 ssh2',
  'Nov 28 12:00:04 gate CRON[4714]: pam_unix(cron:session): session opened for user root',
]
const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }]

async function shoot(page, name, size, scheme) {
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: join(OUT, `${name}-${size}-${scheme}.png`) })
}

/** What is asked and answered before a page with something to see stands. */
const SCENES = {
  async address(page) {
    const banned = (await lab.ask('get', 'sshd', 'banip')).split(/\s+/).find(Boolean)
    await open(page, `address/${encodeURIComponent(banned)}`)
  },
  async ban(page) {
    await open(page, 'bans')
    await page.getByRole('button', { name: 'Ban…' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').first().fill('203.0.113.7\n198.51.100.77/24\n127.0.0.1\nnot an address\n203.0.113.7')
    await dialog.getByText('127.0.0.1').nth(1).waitFor()
  },
  async laboratory(page) {
    await open(page, 'laboratory?filter=sshd')
    await page.getByRole('textbox', { name: 'Log lines' }).fill(LINES.join('\n'))
    await page.getByRole('list', { name: 'Tested lines' }).getByRole('listitem').nth(LINES.length - 1).waitFor()
  },
  async enable(page) {
    await open(page, 'config?search=dropbear')
    await page.getByRole('button', { name: 'Enable dropbear' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('logpath').fill(join(lab.folder, 'logs', 'auth.log'))
    await dialog.getByText(/of its last .* lines? match/).waitFor()
  },
  async review(page) {
    const { setOption, review } = changing(page)
    await setOption('sshd', 'maxretry', page.viewportSize().width === SIZES[0].width ? '9' : '8')
    await review()
    await page.getByRole('button', { name: /^Apply/ }).waitFor()
  },
  /** Goes on from the review. */
  async confirm(page) {
    await changing(page).apply('Fewer false alarms from the office')
    await page.getByRole('button', { name: 'Keep it' }).first().waitFor()
  },
  /** Goes on from what waits to be confirmed. */
  async 'version-diff'(page) {
    await changing(page).keep()
    await open(page, 'config/versions?from=1')
    await page.getByText(/maxretry = [89]/).first().waitFor()
  },
  daemon: (page) => open(page, 'config/server'),
}

async function open(page, path) {
  await page.goto(new URL(path, server.url).href)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

const changing = (page) => changes(() => page, (path) => open(page, path))

/** A context for each size and scheme, with nobody signed in. */
async function eachLook(look) {
  for (const scheme of ['light', 'dark']) {
    for (const viewport of SIZES) {
      const page = await openPage(browser, { viewport, colorScheme: scheme })
      const size = viewport.width
      await look(page, (name) => shoot(page, name, size, scheme))
      for (const complaint of page.complaints) console.log(`${size} ${scheme}: ${complaint}`)
      await page.context().close()
    }
  }
}

const lab = await startLab({ rate: 300 })
const server = await startServer(lab)
const browser = await startBrowser()
try {
  await mkdir(OUT, { recursive: true })
  await eachLook(async (page, take) => {
    await page.goto(server.url)
    await page.getByRole('textbox', { name: 'Password' }).first().waitFor()
    await take('setup')
  })
  await setUp(await openPage(browser), server)
  await until(`${ENOUGH_BANS} bans`, async () => {
    const banned = (await lab.ask('banned')).match(/\d+\.\d+\.\d+\.\d+|[0-9a-f:]{8,}/g) ?? []
    return banned.length >= ENOUGH_BANS
  })
  await eachLook(async (page, take) => {
    await page.goto(server.url)
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await take('sign-in')
    await signIn(page)
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    for (const [name, path] of Object.entries(PAGES)) {
      await open(page, path)
      await take(name)
    }
    for (const [name, come] of Object.entries(SCENES)) {
      await come(page)
      await take(name)
    }
  })
} finally {
  await browser.close()
  await server.stop()
  await lab.stop()
}
