// From the first start to signing out everywhere: a real daemon, a real browser, fail2ban's own client as the witness.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { openPage, startBrowser } from '../lib/browser.mjs'
import { ADMIN_PASSWORD, setUp, signIn } from '../lib/flows.mjs'
import { startLab, startServer } from '../lib/programs.mjs'
import { complaints, story } from '../lib/steps.mjs'
import { until } from '../lib/until.mjs'

let lab, server, browser, page

/**
 * What a browser writes into its console when a request fails. Only a step that provokes one may name it; everything else that is
 * said there, by any page of the story, is a fault.
 */
const REFUSED = /^error: Failed to load resource: the server responded with a status of 401/

const step = story(() => page)

before(async () => {
  lab = await startLab({ rate: 40 })
  server = await startServer(lab)
  browser = await startBrowser()
  page = await openPage(browser)
  page.setDefaultTimeout(15_000)
})

after(async () => {
  await browser?.close()
  await server?.stop()
  await lab?.stop()
})

step('the wizard sets BanGUI up over the daemon that it found', async () => {
  await setUp(page, server)
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
})

step('a wrong password is refused in words, and nothing else happens', async () => {
  await signIn(page, 'not the right password')
  await page.getByText('Name or password is wrong.').waitFor()
  assert.equal(page.complaints.length, 1, 'the one refused request')
  assert.deepEqual(complaints(page, REFUSED), [])
})

step('the right password opens the page that one wanted', async () => {
  await page.goto(new URL('bans', server.url).href)
  await signIn(page, ADMIN_PASSWORD)
  await page.getByRole('heading', { name: 'Bans', level: 1 }).waitFor()
})

let attacker
step('a generated attacker appears as banned without a reload', async () => {
  const rows = page.getByRole('row').filter({ has: page.getByRole('checkbox', { name: /^Select/ }) })
  await rows.first().waitFor()
  const addresses = async () => (await rows.allInnerTexts()).map((text) => text.match(/[0-9a-f]+[.:][0-9a-f.:]+/)?.[0])
  const before = new Set(await addresses())
  await until('one that was not in the list is in it', async () => (await addresses()).some((address) => !before.has(address)))
  const jails = (await lab.ask('status')).match(/Jail list:\s*(.*)/)[1].split(/,\s*/)
  attacker = await until('the client and the page agree on a ban', async () => {
    const shown = await page.locator('main').innerText()
    for (const jail of jails) {
      for (const address of (await lab.ask('get', jail, 'banip')).split(/\s+/).filter(Boolean)) {
        if (shown.includes(address)) return { jail, address }
      }
    }
  })
})

step('the attacker is unbanned by click, after the time to think again', async () => {
  await page.goto(new URL(`bans?search=${encodeURIComponent(attacker.address)}&jail=${attacker.jail}`, server.url).href)
  const row = page.getByRole('row').filter({ hasText: attacker.address }).first()
  await row.waitFor()
  await row.getByRole('button', { name: /Actions|Menu/ }).click()
  await page.getByRole('menuitem', { name: /^Unban/ }).first().click()
  await page.getByRole('button', { name: 'Undo' }).first().waitFor()
  await until('fail2ban-client does not list it any more', async () => !(await lab.bans(attacker.jail, attacker.address)))
})

step('an address is banned by hand, and fail2ban-client confirms it', async () => {
  await page.goto(new URL('bans', server.url).href)
  await page.getByRole('button', { name: 'Ban…' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').first().fill('203.0.113.7')
  const jail = dialog.getByRole('combobox').first()
  if (await jail.count()) await jail.selectOption('sshd')
  await dialog.getByRole('button', { name: /^Ban 1 address|^Ban 203/ }).click()
  await until('fail2ban-client lists it', () => lab.bans('sshd', '203.0.113.7'))
})

step('while the daemon is down every page says so, and only then', async () => {
  const bar = page.getByText('fail2ban is down:')
  await page.goto(new URL('jails', server.url).href)
  await page.getByRole('link', { name: 'sshd', exact: true }).waitFor()
  assert.equal(await bar.count(), 0)
  await lab.killDaemon()
  await bar.waitFor({ timeout: 30_000 })
  lab.startDaemon()
  await bar.waitFor({ state: 'detached', timeout: 60_000 })
})

step('a task runs when an administrator says so', async () => {
  await page.goto(new URL('tasks', server.url).href)
  const row = page.getByRole('row').filter({ hasText: 'Old history' })
  await row.getByRole('button', { name: /^Run now/ }).click()
  await row.getByText('ordered by').waitFor()
  await row.getByText('done', { exact: true }).waitFor()
})

step('signing out everywhere ends every browser', async () => {
  const other = await openPage(browser)
  await other.goto(new URL('jails', server.url).href)
  await signIn(other, ADMIN_PASSWORD)
  await other.getByRole('link', { name: 'sshd', exact: true }).waitFor()

  await page.goto(new URL('sessions', server.url).href)
  await page.getByRole('button', { name: /^Sign out everywhere/ }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: /^Sign out everywhere/ }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await other.getByRole('button', { name: 'Sign in' }).waitFor({ timeout: 30_000 })
  // It learns of it by being refused.
  assert.deepEqual(complaints(other, REFUSED), [])
})

step('the console stayed empty all the while', () => {
  assert.deepEqual(complaints(page), [])
})

step('the log of all that has no password in it, and no token', async () => {
  const tokens = (await page.context().cookies()).map((cookie) => cookie.value).filter((value) => value.length > 20)
  assert.ok(server.program.log.length > 1000)
  assert.ok(!server.program.log.includes(ADMIN_PASSWORD))
  for (const token of [...tokens, ...(page.seenTokens ?? [])]) assert.ok(!server.program.log.includes(token))
})

step('the server stops when told, with success', async () => {
  const code = await server.stop()
  server = undefined
  assert.equal(code, 0)
})
