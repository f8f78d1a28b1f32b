// Debian's Chromium, without anything that reaches out.
import { chromium } from 'playwright-core'

export async function startBrowser() {
  return chromium.launch({
    executablePath: process.env.BANGUI_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

/** A page whose console must stay empty: `page.complaints` collects errors, warnings and failed requests. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'UTC', ...options })
  const page = await context.newPage()
  page.complaints = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.complaints.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => page.complaints.push(`thrown: ${error.message}`))
  return page
}
