// What every story begins with.

/** Not a secret: an instance that lives as long as one test. */
export const ADMIN_PASSWORD = 'correct horse battery staple 1'

/** Goes through the wizard in the browser. */
export async function setUp(page, server) {
  await page.goto(server.url)
  await page.getByRole('textbox', { name: /^Password/ }).first().fill(ADMIN_PASSWORD)
  await page.getByRole('textbox', { name: 'The same once more' }).fill(ADMIN_PASSWORD)
  const next = page.getByRole('button', { name: 'Continue', exact: true })
  await next.click()
  await page.getByText('fail2ban was found.').or(page.getByText(/answers/)).first().waitFor()
  await next.click()
  await next.click()
  await page.getByRole('button', { name: 'Set up BanGUI' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
}

/** Fills in the sign-in form that is on the screen. */
export async function signIn(page, password = ADMIN_PASSWORD) {
  await page.getByRole('textbox', { name: 'Name' }).fill('admin')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
