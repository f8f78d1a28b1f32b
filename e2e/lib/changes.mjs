// Changing the configuration on the page, for the stories about that.

export function changes(pageNow, open) {
  return {
    /** Edits an option of a jail; it waits in the tray then. */
    async setOption(jail, option, value) {
      const page = pageNow()
      await open(`config/jails/${jail}?find=${option}`)
      const field = page.getByRole('textbox', { name: option, exact: true }).or(page.getByRole('spinbutton', { name: option, exact: true }))
      await field.fill(value)
    },

    /** Leads to the plan of all that waits. */
    async review() {
      const page = pageNow()
      await page.getByRole('link', { name: /review/i }).first().click()
      await page.getByRole('heading', { name: 'Review', level: 1 }).waitFor()
    },

    /** Applies what is reviewed, and waits until it is in force. */
    async apply(note) {
      const page = pageNow()
      await page.getByRole('textbox', { name: /^Why/ }).fill(note)
      await page.getByRole('button', { name: /^Apply/ }).click()
      await page.getByText(/In force, as version \d+/).waitFor()
    },

    /** Keeps a change where it waits for that. */
    async keep(within = pageNow()) {
      const page = pageNow()
      const { pending } = await (await page.request.get(new URL('/api/v1/hosts/local/config/state', page.url()).href)).json()
      if (pending) {
        await within.getByRole('button', { name: 'Keep it' }).first().click()
        await page.getByText(/Version \d+ is kept/).first().waitFor()
      }
      const close = page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last()
      if (await close.count()) await close.click()
    },
  }
}
