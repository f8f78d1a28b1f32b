// Trying a filter, keeping a sample, following fail2ban's log: the real fail2ban-regex and a real daemon behind a real browser.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { openPage, startBrowser } from '../lib/browser.mjs'
import { setUp, signIn } from '../lib/flows.mjs'
import { startLab, startServer } from '../lib/programs.mjs'
import { complaints, story } from '../lib/steps.mjs'
import { until } from '../lib/until.mjs'

const HIT = 'Nov 28 12:00:01 gate sshd[4711]: Failed password for root from 192.0.2.1 port 22 ssh2'
const MISS = 'Nov 28 12:00:02 gate sshd[4712]: Server listening on 0.0.0.0 port 22.'

let lab, server, browser, page
const step = story(() => page)
const open = (path) => page.goto(new URL(path, server.url).href)

/** The tested line with a number, as text. */
const tested = (number) => page.getByRole('list', { name: 'Tested lines' }).getByRole('listitem').nth(number - 1)

before(async () => {
  lab = await startLab()
  server = await startServer(lab)
  browser = await startBrowser()
  page = await openPage(browser)
  page.setDefaultTimeout(30_000)
})

after(async () => {
  await browser?.close()
  await server?.stop()
  await lab?.stop()
})

step('the laboratory is in the navigation', async () => {
  await setUp(page, server)
  await signIn(page)
  await page.getByRole('link', { name: 'Laboratory' }).click()
  await page.getByRole('heading', { name: 'Laboratory', level: 1 }).waitFor()
})

step('a line that the filter matches and one that it misses are told apart, in words', async () => {
  await page.getByRole('combobox', { name: 'Filter' }).selectOption('sshd')
  await page.getByRole('textbox', { name: 'Log lines' }).fill(`${HIT}\n${MISS}`)
  await tested(2).waitFor()
  const [hit, missed] = [await tested(1).innerText(), await tested(2).innerText()]
  assert.match(hit, /matched[\s\S]*failregex \d+/)
  assert.match(hit, /host\s+192\.0\.2\.1/)
  assert.match(missed, /missed/)
  const marks = await tested(1).locator('mark').allInnerTexts()
  assert.ok(marks.includes('192.0.2.1'), `the host is marked among ${JSON.stringify(marks)}`)
  assert.ok((await page.getByText('matched nothing').count()) > 0, 'an expression that matched nothing stands out')
})

step('the regex of a line leads to its lines, and the address of the page says so', async () => {
  await tested(1).getByRole('button', { name: /^failregex/ }).click()
  await page.waitForURL(/regex=f\d+/)
  assert.ok(await page.getByRole('list', { name: 'failregex' }).getByRole('button', { pressed: true }).isVisible())
})

step('what is typed is tested without a further click', async () => {
  await page.getByRole('textbox', { name: 'Log lines' }).fill(MISS)
  await until('only the missed line is left', async () => (await page.getByRole('button', { name: '0 matched', exact: true }).count()) === 1)
  await page.getByRole('textbox', { name: 'Log lines' }).fill(`${HIT}\n${MISS}`)
  await page.getByRole('button', { name: '1 matched', exact: true }).waitFor()
})

step('both lines are kept as samples by a click, and pass', async () => {
  await page.getByRole('button', { name: 'Keep line 1 as a sample' }).click()
  await page.getByText('Kept as a sample of sshd.').first().waitFor()
  await page.getByRole('button', { name: 'Keep line 2 as a sample' }).click()
  await page.getByRole('tab', { name: 'Samples 2' }).click()
  await page.getByRole('button', { name: 'Run 2 samples' }).click()
  await page.getByText('all 2 samples passed').waitFor()
})

/** Writes another text into the editor, as one does by keyboard: a browser's own way of replacing keeps styles, which the page's policy forbids. */
async function write(text) {
  await page.getByRole('textbox', { name: 'filter.d/sshd.local' }).click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text)
}

step('a change of the filter that breaks a sample is seen before it is saved', async () => {
  await page.locator('label', { hasText: 'Unsaved text' }).click()
  await write(`[Definition]\nfailregex = ^${'never '.repeat(40)}<HOST>$\n`)
  await page.getByRole('button', { name: 'Run 2 samples' }).click()
  await page.getByText('1 of 2 failed').waitFor()
  const rows = page.getByRole('list', { name: 'Samples' }).getByRole('listitem')
  assert.match(await rows.nth(0).innerText(), /did not pass/)
  assert.match(await rows.nth(1).innerText(), /^(?![\s\S]*did not pass)[\s\S]*passed/)
})

step('its long lines leave the page as wide as a telephone', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390)
  await page.setViewportSize({ width: 1440, height: 900 })
})

step('an expression that fail2ban cannot compile is told in its words', async () => {
  await page.getByRole('tab', { name: 'Tested lines' }).click()
  await write('[Definition]\nfailregex = ^(never <HOST>$\n')
  await page.getByText('fail2ban does not take this').waitFor()
})

step("the daemon's log shows a ban as it happens", async () => {
  await open('log?text=203.0.113.9')
  await page.getByText('No line matches').waitFor()
  await lab.ask('set', 'sshd', 'banip', '203.0.113.9')
  const line = page.getByRole('list', { name: 'Lines of the log' }).getByRole('listitem').filter({ hasText: 'Ban 203.0.113.9' })
  await line.first().waitFor()
  assert.match(await line.first().innerText(), /NOTICE\s+actions[\s\S]*\[sshd\]/)
})

step('a log that was rotated away is read on after it was opened anew', async () => {
  await page.getByRole('button', { name: 'Flush logs' }).click()
  await page.getByText('fail2ban opened its log anew.').first().waitFor()
  await lab.ask('set', 'sshd', 'unbanip', '203.0.113.9')
  await page.getByText(/Unban 203\.0\.113\.9/).first().waitFor()
})

step('the console stayed empty all the while', () => {
  assert.deepEqual(complaints(page), [])
})
