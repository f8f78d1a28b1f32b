// Lists, networks, the allowlist and the firewall: real packets from a namespace beside the lab's are the witnesses of what a click has done.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { openPage, startBrowser } from '../lib/browser.mjs'
import { setUp, signIn } from '../lib/flows.mjs'
import { startListServer } from '../lib/list-server.mjs'
import { startOutside } from '../lib/outside.mjs'
import { startServerWithLab } from '../lib/programs.mjs'
import { complaints, story } from '../lib/steps.mjs'
import { until } from '../lib/until.mjs'

// Documentation addresses are never taken from a list, so these are such as the internet has; they are used in namespaces only.
const LISTED = '11.9.0.7'
const LISTED_LATER = '11.9.0.20'
const STRANGER = '11.9.1.1'
const NETWORK = '11.20.0.0/24'
const [ALLOWED, NEIGHBOUR] = ['11.20.0.5', '11.20.0.6']
const JAILED = '11.30.0.1'

/** Three networks once neighbours are merged; one entry too wide, one private, one line that is none. */
const LIST = `# attackers
${LISTED}
11.9.0.8
11.9.0.9
11.10.0.0/24
11.10.0.99
192.168.1.1
12.0.0.0/7
by nobody in particular
`

let list, server, lab, outside, browser, page
const step = story(() => page)
const open = (path) => page.goto(new URL(path, server.url).href)
const said = (text) => page.getByText(text).first().waitFor()
const reached = (address) => until(`${address} is through`, () => outside.reaches(address))
const blocked = (address) => until(`${address} is blocked`, async () => !(await outside.reaches(address)))
const rowOf = (table, text) => page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text })

before(async () => {
  list = await startListServer(LIST)
  server = await startServerWithLab({ BANGUI_LIST_HOSTS: list.host })
  lab = server.lab
  outside = await startOutside(server.namespace, [LISTED, LISTED_LATER, STRANGER, ALLOWED, NEIGHBOUR, JAILED])
  browser = await startBrowser()
  page = await openPage(browser)
  page.setDefaultTimeout(15_000)
  await setUp(page, server)
  await signIn(page)
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
})

after(async () => {
  await browser?.close()
  await outside?.stop()
  await server?.stop()
  await list?.stop()
})

step('a source is looked at before it is added: what it would block, and what not', async () => {
  for (const address of [LISTED, LISTED_LATER, STRANGER, ALLOWED, NEIGHBOUR, JAILED]) await reached(address)
  await open('blocklists')
  await page.getByRole('button', { name: 'Add a blocklist…' }).click()
  await page.getByRole('button', { name: 'Choose Spamhaus DROP', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Another address…' }).click()
  const dialog = page.getByRole('dialog')
  assert.ok(await dialog.getByRole('button', { name: 'Add the list' }).isDisabled(), 'not before it was looked at')
  await dialog.getByLabel('Address of the list').fill(list.url)
  assert.ok(await dialog.getByRole('button', { name: 'Look at it' }).isDisabled(), 'not without encryption unless that is wanted')
  await dialog.getByLabel('Fetch it without encryption').check()
  await dialog.getByRole('button', { name: 'Look at it' }).click()
  const look = dialog.getByRole('region', { name: 'What it would block' })
  await look.waitFor()
  const text = await look.innerText()
  assert.match(text, /3 networks with 259 addresses would be blocked/)
  assert.match(text, /Not understood 1\s+[\s\S]*by nobody in particular/)
  assert.match(text, /Too wide, left out 1\s+12\.0\.0\.0\/7/)
  assert.match(text, /Private or special, left out 1\s+192\.168\.1\.1/)
  assert.match(text, /11\.9\.0\.8\/31/)
  await reached(LISTED)
})

step('the source is added, imported, and in force for packets', async () => {
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Attackers')
  await dialog.getByRole('button', { name: 'Add the list' }).click()
  await said('Attackers is added.')
  await blocked(LISTED)
  await reached(STRANGER)
  const row = rowOf('Blocklists', 'Attackers')
  await row.getByText('in force', { exact: true }).waitFor()
  await row.getByText('3 new').waitFor()
  assert.match(await row.innerText(), /\b259\b/)
})

step('its log tells each import: the first, one that changed nothing, one that brought an address', async () => {
  await page.getByRole('link', { name: 'Attackers' }).click()
  await page.getByRole('heading', { name: 'Import log' }).waitFor()
  const runs = page.getByRole('table', { name: 'Import log' }).getByRole('row').filter({ has: page.getByRole('cell') })
  const imported = async (count) => {
    await page.getByRole('button', { name: 'Import now' }).click()
    await until(`${count} imports are told`, async () => (await runs.count()) === count)
    return runs.first().innerText()
  }
  assert.match(await runs.first().innerText(), /taken\s+3 new/)
  assert.match(await imported(2), /unchanged\s+It is the same as before\./)
  list.text += `${LISTED_LATER}\n`
  assert.match(await imported(3), /ordered by admin[\s\S]*taken\s+1 new/)
  await blocked(LISTED_LATER)
  await reached(STRANGER)
})

/** Bans the network without a jail, as one does by hand. */
async function banNetwork(why) {
  await open('bans')
  await page.getByRole('button', { name: 'Ban…' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Addresses and networks').fill(NETWORK)
  await dialog.locator('label', { hasText: 'Without a jail' }).click()
  await dialog.getByLabel('Why').fill(why)
  const covers = dialog.getByRole('region', { name: 'What it covers' })
  await covers.getByText('256 addresses').waitFor()
  await dialog.getByRole('button', { name: /^Ban 1 network for/ }).click()
  await dialog.waitFor({ state: 'detached' })
}

step('a network is banned after a look at what it covers, and the ban is taken back', async () => {
  await banNetwork('a slip of the hand')
  await rowOf('Bans without a jail', NETWORK).getByText('a slip of the hand').waitFor()
  await page.getByRole('button', { name: 'Undo' }).first().click()
  await said(`Unbanned again: ${NETWORK}`)
  await reached(ALLOWED)
  await until('the ban is not listed any more', async () => (await rowOf('Bans without a jail', NETWORK).count()) === 0)
})

step('a ban of a network holds for each of its addresses', async () => {
  await banNetwork('a bad neighbourhood')
  await blocked(ALLOWED)
  await blocked(NEIGHBOUR)
  await reached(STRANGER)
})

step('an address that a jail and a ban of a network block is through at once when it is allowed', async () => {
  await lab.ask('set', 'sshd', 'banip', ALLOWED)
  await open('allowlist')
  await page.getByRole('button', { name: 'Let somebody through…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Address, network or host name').fill(ALLOWED)
  await dialog.getByLabel('Comment').fill('the office')
  await dialog.getByRole('button', { name: 'Let it through' }).click()
  await said(`${ALLOWED} is let through.`)
  assert.ok(await outside.reaches(ALLOWED), 'when it is said it is done')
  assert.equal(await lab.bans('sshd', ALLOWED), false)
  assert.ok(!(await outside.reaches(NEIGHBOUR)), 'only this one')
  await rowOf('Allowlist', ALLOWED).getByText('the office').waitFor()
  await open(`address/${ALLOWED}`)
  await said('Does the firewall block it?')
  await page.getByRole('definition').filter({ hasText: 'the office' }).waitFor()
  assert.equal(await page.getByText('blocked', { exact: true }).count(), 0)
})

const standing = (whose) => rowOf('What is banned, and what is blocked', whose)

step('what was changed in the firewall by hand is found', async () => {
  await lab.ask('set', 'sshd', 'banip', JAILED)
  await blocked(JAILED)
  // BanGUI asks fail2ban every half a second: before that the ban would be one too many in the packet filter.
  await until('BanGUI knows the ban', () =>
    page.evaluate(async (address) => (await (await fetch(`/api/v1/bans?search=${address}`)).json()).total === 1, JAILED),
  )
  await open('firewall')
  await page.getByRole('button', { name: 'Check now' }).click()
  await standing('sshd').getByText('right', { exact: true }).waitFor()
  await standing('BanGUI’s own table').getByText('right', { exact: true }).waitFor()

  await outside.nft('delete', 'element', 'inet', 'f2b-table', 'addr-set-sshd', `{ ${JAILED} }`)
  await outside.nft('delete', 'table', 'inet', 'bangui')
  for (const address of [JAILED, LISTED, NEIGHBOUR]) await reached(address)
  await page.getByRole('button', { name: 'Check now' }).click()
  await standing('sshd').getByText('differs', { exact: true }).waitFor()
  await standing('BanGUI’s own table').getByText('differs', { exact: true }).waitFor()
  await standing('sshd').getByRole('group').getByText('1', { exact: true }).click()
  await standing('sshd').getByRole('link', { name: JAILED }).waitFor()
})

step('and repaired by a click', async () => {
  await page.getByRole('button', { name: 'Repair all…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('1 address is banned again').waitFor()
  await dialog.getByRole('button', { name: 'Repair', exact: true }).click()
  await said('All that is banned is blocked now.')
  for (const address of [JAILED, LISTED, LISTED_LATER, NEIGHBOUR]) assert.ok(!(await outside.reaches(address)), `${address} is blocked again`)
  for (const address of [ALLOWED, STRANGER]) assert.ok(await outside.reaches(address), `${address} is through`)
  await standing('sshd').getByText('right', { exact: true }).waitFor()
  await standing('BanGUI’s own table').getByText('right', { exact: true }).waitFor()
  assert.ok(await lab.bans('sshd', JAILED))
})

step('the console stayed empty all the while', () => {
  assert.deepEqual(complaints(page), [])
})
