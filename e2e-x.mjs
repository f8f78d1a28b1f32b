import { join } from 'node:path'
import { openPage, startBrowser } from '/work/main/e2e/lib/browser.mjs'
import { setUp, signIn } from '/work/main/e2e/lib/flows.mjs'
import { startLab, startServer } from '/work/main/e2e/lib/programs.mjs'
const lab = await startLab({ rate: 100 })
const server = await startServer(lab)
const browser = await startBrowser()
try {
  await setUp(await openPage(browser), server)
  for (const [w, h, scheme] of [[1440, 900, 'light'], [390, 844, 'dark'], [390, 844, 'light']]) {
    const page = await openPage(browser, { viewport: { width: w, height: h }, colorScheme: scheme })
    await page.goto(new URL('settings', server.url).href)
    await signIn(page)
    await page.getByRole('heading', { name: 'Countries and networks' }).waitFor()
    await page.waitForLoadState('networkidle')
    await page.screenshot({ path: `/tmp/shots/settings-${w}-${scheme}.png`, fullPage: false })
    if (w === 390) { await page.getByRole('heading', { name: 'Countries and networks' }).scrollIntoViewIfNeeded(); await page.screenshot({ path: `/tmp/shots/settings2-${w}-${scheme}.png` }) }
    console.log(page.complaints)
    await page.context().close()
  }
} finally { await browser.close(); await server.stop(); await lab.stop() }
