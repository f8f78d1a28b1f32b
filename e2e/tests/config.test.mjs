// Changing the configuration without fear: on, edited, reviewed, applied, confirmed, taken back, restored; fail2ban's own client and the files are the witnesses.
import assert from 'node:assert/strict'
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { openPage, startBrowser } from '../lib/browser.mjs'
import { changes } from '../lib/changes.mjs'
import { setUp, signIn } from '../lib/flows.mjs'
import { startLab, startServer } from '../lib/programs.mjs'
import { complaints, story } from '../lib/steps.mjs'
import { until } from '../lib/until.mjs'

/** Shipped, off, and quick to feed: its log is that of the lab's services. */
const JAIL = 'dropbear'
const DROP_IN = 'jail.d/zz-bangui.local'

let lab, server, browser, page
const step = story(() => page)
const open = (path) => page.goto(new URL(path, server.url).href)
const config = (file) => join(lab.folder, 'etc', file)
const running = async () => (await lab.ask('status')).match(/Jail list:\s*(.*)/)[1].split(/,\s*/).sort()
const get = async (...words) => (await lab.ask('get', ...words)).trim()
const { setOption, review, apply, keep } = changes(() => page, open)

/** What dropbear writes when a password is wrong, as if now. */
function wrongPasswords(address, times) {
  const now = new Date()
  const month = now.toLocaleString('en-US', { month: 'short' })
  const time = now.toTimeString().slice(0, 8)
  const line = `${month} ${String(now.getDate()).padStart(2)} ${time} gate dropbear[4711]: Bad password attempt for 'root' from ${address}:40022\n`
  return line.repeat(times)
}

before(async () => {
  lab = await startLab()
  server = await startServer(lab, { BANGUI_CONFIRM_SECONDS: '20' })
  browser = await startBrowser()
  page = await openPage(browser)
  page.setDefaultTimeout(60_000)
  await setUp(page, server)
  await signIn(page)
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
})

after(async () => {
  await browser?.close()
  await server?.stop()
  await lab?.stop()
})

step('a shipped jail is chosen, checked on its log and applied, and then it bans', async () => {
  const log = join(lab.folder, 'logs', 'auth.log')
  await appendFile(log, wrongPasswords('198.51.100.30', 2))
  const jails = await running()
  await open(`config?search=${JAIL}`)
  await page.getByRole('button', { name: `Enable ${JAIL}` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('logpath').fill(log)
  await dialog.getByText(/2 of its last \d+ lines match the filter/).waitFor()
  await dialog.getByRole('button', { name: 'Apply', exact: true }).click()
  await dialog.getByText(/In force, as version \d+/).waitFor()
  await keep(dialog)
  assert.deepEqual(await running(), [...jails, JAIL].sort())
  await appendFile(log, wrongPasswords('198.51.100.31', 6))
  await until(`${JAIL} bans`, () => lab.bans(JAIL, '198.51.100.31'))
})

step('a value is edited, reviewed in words and in text, and applied to its jail alone', async () => {
  const before = await get('postfix', 'findtime')
  await setOption('sshd', 'maxretry', '9')
  await review()
  const words = page.getByRole('listitem').filter({ hasText: 'sshd' }).filter({ hasText: 'maxretry' }).filter({ hasText: '9' })
  await words.first().waitFor()
  await page.getByText('+maxretry = 9').or(page.getByText('maxretry = 9')).first().waitFor()
  await apply('Slower')
  await keep()
  assert.equal(await get('sshd', 'maxretry'), '9')
  assert.equal(await get('postfix', 'findtime'), before)
  assert.match(await readFile(config(DROP_IN), 'utf8'), /\[sshd\][^[]*maxretry = 9/)
})

step('an expression that does not compile is blocked before anything is written', async () => {
  const [files, jails] = [await readFile(config(DROP_IN), 'utf8'), await running()]
  await setOption('sshd', 'failregex', '^bad (<HOST>$')
  await page.getByRole('link', { name: /review/i }).first().click()
  await page.getByText('It has errors, so nothing is written. Mend them first.').waitFor()
  assert.ok(await page.getByRole('button', { name: /^Apply/ }).isDisabled())
  assert.equal(await readFile(config(DROP_IN), 'utf8'), files)
  assert.deepEqual(await running(), jails)
  await page.getByRole('button', { name: 'Discard all…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard all edits' }).click()
  await page.getByText('Nothing waits to be reviewed.').waitFor()
})

step('a risky change that nobody confirms takes itself back, and says so on every page', async () => {
  const before = [await get('sshd', 'bantime'), await readFile(config(DROP_IN), 'utf8')]
  await setOption('sshd', 'bantime', '-1')
  await review()
  await page.getByText('Has to be confirmed within 20 s').waitFor()
  await apply('For ever')
  const bar = page.getByRole('region', { name: 'A change waits to be confirmed' })
  await bar.waitFor()
  assert.equal(await get('sshd', 'bantime'), '-1')
  await open('jails')
  await bar.waitFor()
  await bar.waitFor({ state: 'detached' })
  await until('the old time is back', async () => (await get('sshd', 'bantime')) === before[0])
  assert.equal(await readFile(config(DROP_IN), 'utf8'), before[1])
})

step('text of a file is replaced whole, typed over, cut and pasted, without a word in the console', async () => {
  await writeFile(config('jail.d/windows.local'), '[DEFAULT]\r\nmaxmatches = 7\r\n')
  complaints(page)
  await open('config/jails/sshd?tab=files&file=jail.d%2Fwindows.local')
  const text = page.getByRole('textbox', { name: 'Text of jail.d/windows.local' })
  const says = (lines) => until(`the editor says ${lines}`, async () => (await text.locator('.cm-line').allInnerTexts()).map((line) => line.trim()).join('|') === lines)
  const silent = () => assert.deepEqual(complaints(page), [])
  await says('[DEFAULT]|maxmatches = 7|')
  await text.fill('[sshd]\nmaxmatches = 8\n')
  await says('[sshd]|maxmatches = 8|')
  silent()
  await text.press('ControlOrMeta+a')
  await page.keyboard.type('[sshd]\nport = ssh\n# typed')
  await says('[sshd]|port = ssh|# typed')
  silent()
  await text.getByText('port').dblclick()
  await page.keyboard.type('maxretry')
  await says('[sshd]|maxretry = ssh|# typed')
  await page.keyboard.press('ControlOrMeta+Shift+ArrowRight')
  await page.keyboard.press('Shift+End')
  await page.keyboard.insertText(' = 4')
  await says('[sshd]|maxretry = 4|# typed')
  silent()
  await text.press('ControlOrMeta+a')
  await page.keyboard.press('ControlOrMeta+x')
  await says('')
  await page.keyboard.type('# before\n')
  await page.keyboard.press('ControlOrMeta+v')
  await says('# before|[sshd]|maxretry = 4|# typed')
  await text.press('ControlOrMeta+a')
  await page.keyboard.press('ControlOrMeta+v')
  await says('[sshd]|maxretry = 4|# typed')
  silent()
  await review()
  await page.getByText('+# typed').waitFor()
  await page.getByRole('button', { name: 'Discard all…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard all edits' }).click()
  await page.getByText('Nothing waits to be reviewed.').waitFor()
  await rm(config('jail.d/windows.local'))
})

step('an edit by hand is shown, kept, and never overwritten', async () => {
  const text = '# by hand\n[DEFAULT]\nmaxmatches = 7\n'
  await writeFile(config('jail.local'), text)
  await open('config/versions')
  await page.getByText('Changed outside BanGUI').first().waitFor()
  await setOption('sshd', 'maxretry', '8')
  await review()
  await apply('Beside an edit by hand')
  await keep()
  assert.equal(await readFile(config('jail.local'), 'utf8'), text)
  assert.equal(await get('sshd', 'maxretry'), '8')
})

step('an older version comes back as a change like any other', async () => {
  await open('config/versions')
  const table = page.getByRole('table', { name: 'Versions of the configuration' })
  const row = table.getByRole('row').filter({ hasText: 'Slower' })
  await row.getByRole('button').last().click()
  await page.getByRole('menuitem', { name: 'Bring it back…' }).click()
  await page.getByRole('heading', { name: 'Review', level: 1 }).waitFor()
  await page.getByRole('button', { name: /^Apply/ }).click()
  await page.getByText(/In force, as version \d+/).waitFor()
  await keep()
  assert.equal(await get('sshd', 'maxretry'), '9')
})

step('the console stayed empty all the while', () => {
  assert.deepEqual(complaints(page), [])
})
