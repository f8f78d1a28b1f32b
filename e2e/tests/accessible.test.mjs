// Each page by axe: light and dark, wide and narrow, with real data in it.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { openPage, startBrowser } from '../lib/browser.mjs'
import { setUp, signIn } from '../lib/flows.mjs'
import { startLab, startServer } from '../lib/programs.mjs'
import { until } from '../lib/until.mjs'

const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }]
const PAGES = ['', 'map', 'map?range=30d&select=CN&list=networks', 'map?range=30d&list=addresses', 'map?range=30d&list=bans', 'history', 'history?range=30d&event=%5B%22ban%22%5D', 'jails', 'jails/sshd', 'jails/sshd?tab=settings', 'jails/sshd?tab=sources', 'bans', 'config', 'config?kind=filter', 'config/jails/sshd', 'config/filters/sshd?tab=files', 'config/defaults', 'config/server', 'config/review', 'config/versions', 'log', 'laboratory', 'laboratory?try=regexes&lines=journal', 'laboratory?filter=sshd&tab=samples', 'address/203.0.113.7', 'blocklists', 'allowlist', 'firewall', 'tasks', 'sessions', 'settings', 'audit']
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe has against the page as it is now, in one line each. */
async function violations(page) {
  // Evaluated by the browser's own protocol: the page's policy allows no foreign script, and shall not.
  await page.evaluate(AXE)
  const found = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }), STANDARDS)
  return found.violations.map((it) => `${it.impact} ${it.id}: ${it.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(' | ')}`)
}

let lab, server, browser

before(async () => {
  lab = await startLab({ rate: 200 })
  server = await startServer(lab)
  browser = await startBrowser()
})

after(async () => {
  await browser?.close()
  await server?.stop()
  await lab?.stop()
})

test('setup, sign-in and the wizard have nothing against them', async () => {
  const page = await openPage(browser)
  await page.goto(server.url)
  await page.getByRole('textbox', { name: /^Password/ }).first().waitFor()
  assert.deepEqual(await violations(page), [], 'setup')
  await setUp(page, server)
  assert.deepEqual(await violations(page), [], 'setup finished')
  await page.context().close()
})

for (const scheme of ['light', 'dark']) {
  for (const viewport of SIZES) {
    test(`each page, ${scheme}, ${viewport.width} pixels wide, has nothing against it and a silent console`, async () => {
      const page = await openPage(browser, { viewport, colorScheme: scheme, reducedMotion: 'reduce' })
      const found = {}
      const look = async (name) => {
        const all = await violations(page)
        if (all.length > 0) found[name] = all
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        if (wider > 0) found[`${name}, scrolls sideways by`] = wider
      }
      await page.goto(server.url)
      await page.getByRole('button', { name: 'Sign in' }).waitFor()
      await look('sign-in')
      await signIn(page)
      await page.getByRole('button', { name: 'Sign in' }).waitFor({ state: 'detached' })
      await until('the lab has banned somebody', async () => /\d\.\d|:/.test(await lab.ask('banned')))
      const banned = (await lab.ask('get', 'sshd', 'banip')).split(/\s+/).find(Boolean)
      for (const path of banned ? [...PAGES, `address/${encodeURIComponent(banned)}`] : PAGES) {
        await page.goto(new URL(path, server.url).href)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.waitForLoadState('networkidle')
        await look(path)
      }
      await page.goto(new URL('bans', server.url).href)
      await page.getByRole('button', { name: 'Ban…' }).first().click()
      await page.getByRole('dialog').getByRole('textbox').first().fill('203.0.113.7\nnot an address')
      await page.getByRole('dialog').getByText('not an address').nth(1).waitFor()
      await look('ban dialog')
      assert.deepEqual(found, {})
      assert.deepEqual(page.complaints, [])
      await page.context().close()
    })
  }
}
