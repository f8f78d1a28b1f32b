// The pictures in docs/screenshots: each page, light and dark, at 1440 and 390 pixels, over a lab that has run for a while.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { openPage, startBrowser } from './lib/browser.mjs'
import { setUp, signIn } from './lib/flows.mjs'
import { startLab, startServer } from './lib/programs.mjs'
import { until } from './lib/until.mjs'

const OUT = resolve(process.argv[2] ?? join(import.meta.dirname, '../docs/screenshots'))
const ENOUGH_BANS = 40
const PAGES = { overview: '', map: 'map', history: 'history', jails: 'jails', jail: 'jails/sshd?tab=settings', config: 'config', 'config-jail': 'config/jails/sshd', 'config-file': 'config/filters/sshd?tab=files&file=filter.d%2Fsshd.conf', versions: 'config/versions', log: 'log', bans: 'bans', sessions: 'sessions', audit: 'audit' }
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

const lab = await startLab({ rate: 300 })
const server = await startServer(lab)
const browser = await startBrowser()
try {
  await mkdir(OUT, { recursive: true })
  for (const scheme of ['light', 'dark']) {
    for (const viewport of SIZES) {
      const size = viewport.width
      const page = await openPage(browser, { viewport, colorScheme: scheme })
      if (scheme === 'light' && size === SIZES[0].width) {
        await page.goto(server.url)
        await page.getByRole('textbox', { name: 'Password' }).first().waitFor()
        await shoot(page, 'setup', size, scheme)
        await setUp(page, server)
        await until(`${ENOUGH_BANS} bans`, async () => {
          const jails = (await lab.ask('banned')).match(/\d+\.\d+\.\d+\.\d+|[0-9a-f:]{8,}/g) ?? []
          return jails.length >= ENOUGH_BANS
        })
      }
      await page.goto(server.url)
      await page.getByRole('button', { name: 'Sign in' }).waitFor()
      await shoot(page, 'sign-in', size, scheme)
      await signIn(page)
      await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
      for (const [name, path] of Object.entries(PAGES)) {
        await page.goto(new URL(path, server.url).href)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await shoot(page, name, size, scheme)
      }
      const banned = (await lab.ask('get', 'sshd', 'banip')).split(/\s+/).find(Boolean)
      await page.goto(new URL(`address/${encodeURIComponent(banned)}`, server.url).href)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await shoot(page, 'address', size, scheme)
      await page.goto(new URL('bans', server.url).href)
      await page.getByRole('button', { name: 'Ban…' }).first().click()
      await page.getByRole('dialog').getByRole('textbox').first().fill('203.0.113.7\n198.51.100.77/24\n127.0.0.1\nnot an address\n203.0.113.7')
      await page.getByRole('dialog').getByText('127.0.0.1').nth(1).waitFor().catch(() => {})
      await shoot(page, 'ban', size, scheme)
      await page.goto(new URL('laboratory?filter=sshd', server.url).href)
      await page.getByRole('textbox', { name: 'Log lines' }).fill(LINES.join('\n'))
      await page.getByRole('list', { name: 'Tested lines' }).getByRole('listitem').nth(LINES.length - 1).waitFor()
      await shoot(page, 'laboratory', size, scheme)
      await page.goto(new URL('config/jails/sshd?find=maxretry', server.url).href)
      await page.getByRole('spinbutton', { name: 'maxretry', exact: true }).or(page.getByRole('textbox', { name: 'maxretry', exact: true })).fill('9')
      await page.getByRole('link', { name: /review/i }).first().click()
      await page.getByRole('button', { name: /^Apply/ }).waitFor()
      await shoot(page, 'review', size, scheme)
      await page.goto(new URL('config/server', server.url).href)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await shoot(page, 'daemon', size, scheme)
      for (const complaint of page.complaints) console.log(`${size} ${scheme}: ${complaint}`)
      await page.context().close()
    }
  }
} finally {
  await browser.close()
  await server.stop()
  await lab.stop()
}
