// The pictures of blocking in docs/screenshots: lists, the allowlist, bans without a jail and the firewall, over a lab with a packet filter of its own. Needs to be root.
import { join, resolve } from 'node:path'
import { openPage, startBrowser } from './lib/browser.mjs'
import { setUp, signIn } from './lib/flows.mjs'
import { startListServer } from './lib/list-server.mjs'
import { startOutside } from './lib/outside.mjs'
import { startServerWithLab } from './lib/programs.mjs'

const OUT = resolve(process.argv[2] ?? join(import.meta.dirname, '../docs/screenshots'))
const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }]
const LISTED = '11.9.0.7'
const LIST = `# attackers
${Array.from({ length: 900 }, (_, n) => `11.${n % 250}.${n % 256}.${(n * 2) % 256}`).join('\n')}
${LISTED}
11.77.0.0/16
192.168.1.1
by nobody in particular
`
const PAGES = { blocklists: 'blocklists', 'blocklist-hits': 'blocklists?tab=hits', blocklist: 'blocklists/1', allowlist: 'allowlist', firewall: 'firewall', 'bans-without-a-jail': 'bans', 'address-blocked': `address/${LISTED}` }

const list = await startListServer(LIST)
const server = await startServerWithLab({ BANGUI_LIST_HOSTS: list.host })
const outside = await startOutside(server.namespace, [LISTED])
const browser = await startBrowser()

const open = async (page, path) => {
  await page.goto(new URL(path, server.url).href)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

/** Does something by the API, as the person who is signed in. */
async function post(page, path, body) {
  const status = await page.evaluate(async ([path, body]) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
    return `${answer.status} ${answer.ok ? '' : await answer.text()}`
  }, [path, body])
  if (!status.startsWith('2')) throw new Error(`${path}: ${status}`)
}

try {
  const first = await openPage(browser)
  await setUp(first, server)
  await signIn(first)
  await first.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  const source = { everySeconds: 3600, enabled: true, target: { kind: 'firewall' }, direction: 'in', allowHttp: true, url: list.url }
  await post(first, '/api/v1/blocklists', { ...source, name: 'Attackers', note: 'From the neighbours' })
  await post(first, '/api/v1/hosts/local/own-bans', { targets: ['11.200.0.0/16', '2a00:1::/32'], seconds: 86400, reason: 'Scans of all ports' })
  await post(first, '/api/v1/allowlist', { subject: '198.51.100.0/24', note: 'The office' })
  await post(first, '/api/v1/allowlist', { subject: '203.0.113.77', note: 'A guest', expiresAt: new Date(Date.now() + 86_400_000).toISOString() })
  await server.lab.ask('set', 'sshd', 'banip', '11.30.0.1')
  await open(first, 'blocklists/1')
  await first.getByText('taken').first().waitFor()
  while (await outside.reaches(LISTED)) await first.waitForTimeout(200)
  await post(first, '/api/v1/hosts/local/firewall/check', {})
  for (const colorScheme of ['light', 'dark']) {
    for (const viewport of SIZES) {
      const page = await openPage(browser, { viewport, colorScheme })
      await page.goto(server.url)
      await signIn(page)
      await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
      for (const [name, path] of Object.entries(PAGES)) {
        await open(page, path)
        await page.waitForTimeout(600)
        await page.screenshot({ path: join(OUT, `${name}-${viewport.width}-${colorScheme}.png`) })
      }
      for (const complaint of page.complaints) console.log(`${viewport.width} ${colorScheme}: ${complaint}`)
      await page.context().close()
    }
  }
} finally {
  await browser.close()
  await outside.stop()
  await server.stop()
  await list.stop()
}
