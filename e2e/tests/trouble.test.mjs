// Changes that go wrong, and BanGUI killed in the midst of them: everything is as it was, and the page says so. fail2ban's own client and the files are
// the witnesses.
import assert from 'node:assert/strict'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { openPage, startBrowser } from '../lib/browser.mjs'
import { changes } from '../lib/changes.mjs'
import { setUp, signIn } from '../lib/flows.mjs'
import { startLab, startServer } from '../lib/programs.mjs'
import { complaints, story } from '../lib/steps.mjs'
import { until } from '../lib/until.mjs'

const DROP_IN = 'jail.d/zz-bangui.local'
/** Two jails with logs of their own. */
const FIRST = 'sshd'
const SECOND = 'nginx-botsearch'
/** What each of them holds from the beginning to the end. */
const HELD = { [FIRST]: '198.51.100.40', [SECOND]: '198.51.100.41' }
/** While BanGUI is away the browser says that nobody answers. */
const NOBODY_ANSWERS = /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_SOCKET_NOT_CONNECTED/

let lab, server, browser, page, jails, trap
const step = story(() => page)
const open = (path) => page.goto(new URL(path, server.url).href)
const running = async () => (await lab.ask('status')).match(/Jail list:\s*(.*)/)[1].split(/,\s*/).sort()
const get = async (...words) => (await lab.ask('get', ...words)).trim()
const { setOption, review, apply, keep } = changes(() => page, open)
const bar = () => page.getByRole('region', { name: 'A change waits to be confirmed' })
const state = async () => (await page.request.get(new URL('api/v1/hosts/local/config/state', server.url).href)).json()

/** BanGUI's drop-in; `null` where it is not there. */
const dropIn = () => readFile(join(lab.folder, 'etc', DROP_IN), 'utf8').catch(() => null)

/** All jails run, and hold whom they held. */
async function nothingIsLost() {
  assert.deepEqual(await running(), jails)
  for (const [jail, address] of Object.entries(HELD)) assert.ok(await lab.bans(jail, address), `${jail} holds ${address}`)
}

/** Edits the ban time so that it has to be confirmed, and applies that. */
async function applyForEver(note) {
  await setOption(FIRST, 'bantime', '-1')
  await review()
  await apply(note)
  await bar().waitFor()
  assert.equal(await get(FIRST, 'bantime'), '-1')
}

/** What the page tells of a change that took itself back: its version, and that nobody ordered it. */
async function isToldAsTakenBack(note) {
  await open('config/versions')
  const rows = page.getByRole('table', { name: 'Versions of the configuration' }).getByRole('row')
  const [reverted, applied] = [rows.nth(1), rows.nth(2)]
  await applied.filter({ hasText: note }).filter({ hasText: 'was taken back' }).waitFor()
  await reverted.filter({ hasText: 'taken back' }).filter({ hasText: 'BanGUI itself' }).waitFor()
  const version = Number((await reverted.getByRole('cell').first().innerText()).trim())
  await open('audit?action=config.reverted')
  const told = page.getByRole('row').filter({ hasText: 'BanGUI itself' }).filter({ hasText: `version ${version}` }).filter({ hasText: 'done' })
  // It is written within a few seconds.
  await until('the audit log tells it', async () => {
    await page.getByRole('button', { name: 'Load again' }).click()
    return (await told.count()) === 1
  })
}

/** fail2ban's client, before which a log goes as soon as the new files are in their place: after every check, and before anything is loaded. */
async function clientWithTrap(folder, mark) {
  const made = { log: join(folder, 'logs', 'nginx', 'access.log'), armed: join(folder, 'trap'), client: join(folder, 'client-with-trap') }
  const script = `#!/bin/sh
if [ -e '${made.armed}' ] && grep -qs '${mark}' '${join(folder, 'etc', DROP_IN)}'; then rm '${made.log}' '${made.armed}'; fi
exec '${lab.client}' "$@"
`
  await writeFile(made.client, script)
  await chmod(made.client, 0o755)
  return made
}

before(async () => {
  lab = await startLab()
  trap = await clientWithTrap(lab.folder, 'maxretry = 17')
  server = await startServer(lab, { BANGUI_FAIL2BAN_CLIENT: trap.client, BANGUI_CONFIRM_SECONDS: '60' })
  browser = await startBrowser()
  page = await openPage(browser)
  page.setDefaultTimeout(60_000)
  await setUp(page, server)
  await signIn(page)
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  for (const [jail, address] of Object.entries(HELD)) await lab.ask('set', jail, 'banip', address)
  jails = await running()
})

after(async () => {
  await browser?.close()
  await server?.stop()
  await lab?.stop()
})

step('a log that goes between the check and the loading: everything is put back, and the page says what failed', async () => {
  const values = [await get(FIRST, 'maxretry'), await get(SECOND, 'maxretry')]
  await setOption(FIRST, 'maxretry', '9')
  await setOption(SECOND, 'maxretry', '17')
  await review()
  await page.getByRole('textbox', { name: /^Why/ }).fill('Slower')
  await writeFile(trap.armed, '')
  await page.getByRole('button', { name: 'Apply 2 edits' }).click()
  const alert = page.getByRole('alert').filter({ hasText: 'It failed, and everything is as it was before.' })
  await alert.waitFor()
  await assert.rejects(stat(trap.log), 'the log is gone')
  const said = await alert.innerText()
  assert.ok(said.includes(`${SECOND}: no log file was found for it: ${trap.log}`), said)
  assert.match(said, /The old files are in force again, and all jails that ran before run\. Your edits are still here\./)
  assert.equal(await dropIn(), null)
  assert.deepEqual([await get(FIRST, 'maxretry'), await get(SECOND, 'maxretry')], values)
  await nothingIsLost()
  const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem')
  await steps.filter({ hasText: 'failed' }).filter({ hasText: trap.log }).waitFor()
  await open('config/versions')
  await page.getByRole('row').filter({ hasText: 'Slower' }).filter({ hasText: 'failed, undone' }).waitFor()
  await open('audit?action=config.applied')
  await page.getByRole('row').filter({ hasText: FIRST }).filter({ hasText: 'failed' }).waitFor()
})

step('once the log is there again, the same edits are applied', async () => {
  await writeFile(trap.log, '')
  await open('config/review')
  await apply('Slower, again')
  await keep()
  assert.deepEqual([await get(FIRST, 'maxretry'), await get(SECOND, 'maxretry')], ['9', '17'])
  await nothingIsLost()
})

step('BanGUI is killed while a change waits to be confirmed: it goes on waiting, and takes the change back in time', async () => {
  const [files, bantime] = [await dropIn(), await get(FIRST, 'bantime')]
  await applyForEver('For ever, one')
  const { pending } = await state()
  await server.kill()
  assert.equal(await get(FIRST, 'bantime'), '-1')
  await page.getByText('BanGUI does not answer.').waitFor()
  await server.startAgain()
  assert.deepEqual((await state()).pending, pending, 'the time goes on, it does not begin anew')
  await page.getByText('BanGUI does not answer.').waitFor({ state: 'detached' })
  await bar().waitFor()
  await bar().waitFor({ state: 'detached', timeout: 120_000 })
  await page.getByText(`Version ${pending.version} was taken back: the old files are in force again.`).first().waitFor()
  assert.ok(Date.now() >= Date.parse(pending.confirmBy))
  assert.equal(await get(FIRST, 'bantime'), bantime)
  assert.equal(await dropIn(), files)
  await nothingIsLost()
  await isToldAsTakenBack('For ever, one')
})

step('BanGUI is killed and comes back when the time is over: its start takes the change back', async () => {
  const [files, bantime] = [await dropIn(), await get(FIRST, 'bantime')]
  await server.kill()
  await server.startAgain({ BANGUI_CONFIRM_SECONDS: '30' })
  await applyForEver('For ever, two')
  const { pending } = await state()
  await server.kill()
  await until('the time is over', () => Date.now() > Date.parse(pending.confirmBy))
  assert.equal(await get(FIRST, 'bantime'), '-1', 'nobody was there to take it back')
  await server.startAgain()
  assert.equal((await state()).pending, null, 'nothing is answered before it is done')
  assert.equal(await get(FIRST, 'bantime'), bantime)
  assert.equal(await dropIn(), files)
  await nothingIsLost()
  await page.getByText(`Version ${pending.version} was taken back: the old files are in force again.`).first().waitFor()
  await isToldAsTakenBack('For ever, two')
})

step('the console told of nothing but the time in which nobody answered', () => {
  assert.deepEqual(complaints(page, NOBODY_ANSWERS), [])
})
