import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { currentSession, jailList, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

const names = () =>
  within(screen.getByRole('table', { name: 'Jails' }))
    .getAllByRole('row')
    .slice(1)
    .map((row) => within(row).getAllByRole('link')[0]?.textContent)

async function openMenu(user: ReturnType<typeof renderPage>['user'], jail: string) {
  await user.click(await screen.findByRole('button', { name: `Control ${jail}` }))
}

describe('JailsPage', () => {
  it('takes filter and order from the URL and writes them back', async () => {
    const { router, user } = renderPage('/jails?sort=currentlyBanned')
    await screen.findByRole('table', { name: 'Jails' })
    expect(names()).toEqual(['sshd', 'nginx-botsearch', 'postfix'])
    await user.click(screen.getByRole('button', { name: 'Banned now' }))
    await waitFor(() => expect(names()).toEqual(['postfix', 'nginx-botsearch', 'sshd']))
    expect(router.state.location.search).toEqual({ sort: 'currentlyBanned', order: 'asc' })
    await user.type(screen.getByRole('searchbox', { name: 'Filter by name' }), 'ss')
    await waitFor(() => expect(names()).toEqual(['sshd']))
    expect(router.state.location.search).toMatchObject({ search: 'ss' })
  })

  it('links the bans of a jail, and shows no counters of one that is stopped', async () => {
    renderPage('/jails')
    const link = await screen.findByRole('link', { name: '40 banned in sshd: show them' })
    expect(link.getAttribute('href')).toContain('/bans?jail=')
    const stopped = screen.getByRole('link', { name: 'postfix' }).closest('tr')
    expect(stopped?.textContent).toContain('––––')
  })

  it('explains a state on focus', async () => {
    renderPage('/jails')
    ;(await screen.findByRole('button', { name: 'idle' })).focus()
    expect(await screen.findByRole('tooltip')).toHaveTextContent('Bans in force stay, even past their time.')
  })

  it('says how many bans a stop ends, and shows what the daemon says afterwards', async () => {
    let stopped = false
    server.use(
      http.get(url('/hosts/local/jails'), () => {
        const list = jailList()
        return HttpResponse.json({
          ...list,
          items: list.items.map((jail) => (jail.name === 'sshd' && stopped ? { ...jail, state: 'stopped' } : jail)),
        })
      }),
      http.post(url('/hosts/local/jails/sshd/stop'), () => {
        stopped = true
        return HttpResponse.json({ name: 'sshd', state: 'stopped' })
      }),
    )
    const { user } = renderPage('/jails')
    await openMenu(user, 'sshd')
    await user.click(await screen.findByRole('menuitem', { name: /^Stop…/ }))
    const dialog = await screen.findByRole('dialog', { name: 'Stop sshd' })
    expect(dialog).toHaveTextContent('40 bans end now.')
    expect(stopped).toBe(false)
    await user.click(within(dialog).getByRole('button', { name: 'Stop sshd' }))
    await screen.findByText('sshd is stopped.')
    const row = screen.getByRole('link', { name: 'sshd' }).closest('tr')
    expect(row).toHaveTextContent('stopped')
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('does what needs no question at once, and tells why when it fails', async () => {
    server.use(
      http.post(url('/hosts/local/jails/sshd/idle'), () =>
        problem('daemon-timeout', 504, { detail: 'no answer within 60 s' }),
      ),
    )
    const { user } = renderPage('/jails')
    await openMenu(user, 'sshd')
    await user.click(await screen.findByRole('menuitem', { name: /^Make idle/ }))
    const dialog = await screen.findByRole('dialog', { name: 'Make sshd idle' })
    expect(dialog).toHaveTextContent('no answer within 60 s')
    expect(within(dialog).getByRole('button', { name: 'Try again' })).toBeEnabled()
  })

  it('lists what speaks against a reload under each jail', async () => {
    server.use(
      http.post(url('/hosts/local/reload'), () =>
        problem('unsafe-reload', 409, {
          problems: [
            { jail: 'sshd', detail: 'failregex (x: missing )' },
            { jail: null, detail: 'loglevel cannot be set' },
            { jail: 'sshd', detail: 'no log file was found for it' },
          ],
        }),
      ),
    )
    const { user } = renderPage('/jails')
    await screen.findByRole('table', { name: 'Jails' })
    await user.click(screen.getByRole('button', { name: 'Reload all jails…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Reload all jails' })
    expect(dialog).toHaveTextContent('Enabled jails that are stopped start: postfix.')
    await user.click(within(dialog).getByRole('button', { name: 'Reload all jails' }))
    const alert = await within(dialog).findByRole('alert')
    expect(await within(alert).findByText('The configuration as a whole')).toBeVisible()
    expect(alert).toHaveTextContent(/configuration as a wholeloglevel.*sshdfailregex.*no log file/s)
  })

  it('gives a viewer the numbers, no controls, and the reason', async () => {
    server.use(http.get(url('/start'), () => HttpResponse.json(start(currentSession('viewer')))))
    renderPage('/jails')
    expect(await screen.findByText(/takes an admin/)).toBeVisible()
    expect(screen.getByRole('button', { name: 'Control sshd' })).toBeDisabled()
    expect(screen.getByRole('button', { name: 'Reload all jails…' })).toBeDisabled()
  })

  it('says what to do where there are no jails', async () => {
    server.use(
      http.get(url('/hosts/local/jails'), () => HttpResponse.json({ items: [], asOf: new Date().toISOString() })),
    )
    renderPage('/jails')
    expect(await screen.findByText('fail2ban has no jails.')).toBeVisible()
    expect(screen.getByText('/etc/fail2ban/jail.local')).toBeVisible()
  })
})
