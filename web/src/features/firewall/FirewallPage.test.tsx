import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Schemas } from '@/api/client'
import { said, standing } from '@/features/blocking/test-blocking'
import { currentSession, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

type Drift = Schemas['FirewallDrift']

const right = { isRight: true, missingCount: 0, missing: [], excessCount: 0, excess: [], faults: [] }

function jail(name: string, change: Partial<Schemas['FirewallJailDrift']> = {}): Schemas['FirewallJailDrift'] {
  return {
    jail: name,
    backing: `nft inet f2b-table addr-set-${name}`,
    banned: 12,
    missingCount: 0,
    missing: [],
    excessCount: 0,
    excess: [],
    unsure: [],
    ...change,
  }
}

function drift(change: Partial<Drift> = {}): Drift {
  return { at: new Date().toISOString(), jails: [], jailsProblem: null, own: right, ownProblem: null, ...change }
}

let now: Schemas['FirewallStanding']
let repaired: Schemas['RepairRequest'][] = []

function serve(found: Drift | null, role: Schemas['Role'] = 'admin') {
  now = standing({ drift: found })
  repaired = []
  server.use(
    http.get(url('/start'), () => HttpResponse.json(start(currentSession(role)))),
    http.get(url('/hosts/local/firewall'), () => HttpResponse.json(now)),
    http.post(url('/hosts/local/firewall/repair'), async ({ request }) => {
      repaired.push((await request.json()) as Schemas['RepairRequest'])
      now = standing({ drift: drift({ jails: [jail('sshd')] }) })
      return HttpResponse.json(now.drift)
    }),
  )
}

async function rowOf(text: string) {
  const table = await screen.findByRole('table', { name: 'What is banned, and what is blocked' })
  return within(table).getByText(text).closest('tr') as HTMLElement
}

const broken = () =>
  drift({
    jails: [
      jail('dovecot'),
      jail('postfix', { backing: null }),
      jail('recidive', { unsure: [said('its action is not known')] }),
      jail('sshd', {
        missingCount: 120,
        missing: ['203.0.113.7', '203.0.113.8'],
        excessCount: 1,
        excess: ['192.0.2.1'],
      }),
    ],
    own: { ...right, isRight: false, faults: [said('the rule in chain input is gone')] },
  })

beforeEach(() => serve(broken()))

describe('the firewall', () => {
  it('says what is in BanGUI’s own table, and by what it blocks', async () => {
    renderPage('/firewall')
    const panel = (await screen.findByRole('heading', { name: 'BanGUI’s own table' })).closest('section')
    expect(panel).toHaveTextContent('in force nftables')
    expect(panel).toHaveTextContent('Networks of lists5,119')
    expect(panel).toHaveTextContent('it is as it should be')
  })

  it('says why it cannot be used, and what that means', async () => {
    now = standing({ table: null, lastLoad: null, unusable: said('nft is not installed') })
    renderPage('/firewall')
    expect(await screen.findByText('BanGUI cannot use the firewall.')).toBeVisible()
    expect(screen.getByText('nft is not installed').closest('[lang]')).toHaveAttribute('lang', 'en')
    expect(screen.getByText(/What fail2ban bans does not depend on it/)).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Check now' })).toBeNull()
  })

  it('shows for each jail who is banned and not blocked, and the other way round', async () => {
    renderPage('/firewall')
    const sshd = await rowOf('sshd')
    expect(sshd).toHaveTextContent('nft inet f2b-table addr-set-sshd')
    expect(sshd).toHaveTextContent('differs')
    expect(within(sshd).getByRole('link', { name: '203.0.113.7' })).toHaveAttribute('href', '/address/203.0.113.7')
    expect(sshd).toHaveTextContent('and 118 more')
    expect(within(sshd).getByRole('link', { name: '192.0.2.1' })).toBeInTheDocument()
    expect(await rowOf('recidive')).toHaveTextContent('cannot be toldits action is not known')
    expect(await rowOf('postfix')).toHaveTextContent('not by the firewall')
    expect(await rowOf('dovecot')).toHaveTextContent('right')
    expect(await rowOf('BanGUI’s own table')).toHaveTextContent('differsthe rule in chain input is gone')
    const table = screen.getByRole('table', { name: 'What is banned, and what is blocked' })
    const jails = within(table).getAllByRole('link', { name: /^(sshd|recidive|dovecot|postfix)$/ })
    expect(jails.map((link) => link.textContent)).toEqual(['sshd', 'recidive', 'dovecot', 'postfix'])
  })

  it('shows one half where the other one cannot be compared, and why', async () => {
    const down = {
      code: 'daemon-not-answering',
      text: 'fail2ban cannot be reached: it hangs',
      facts: { detail: 'it hangs' },
    }
    serve(drift({ jailsProblem: down, own: { ...right, isRight: false, missingCount: 1, missing: ['198.51.100.7'] } }))
    const { unmount } = renderPage('/firewall', { locale: 'de' })
    const note = await screen.findByText('Die Jails konnten nicht verglichen werden:', { exact: false })
    await waitFor(() => expect(note).toHaveTextContent('fail2ban ist nicht zu erreichen: Es antwortet nicht: it hangs'))
    expect(screen.getByRole('link', { name: '198.51.100.7' })).toBeInTheDocument()
    unmount()
    serve(drift({ jails: [jail('sshd')], own: null, ownProblem: said('the kernel does not answer') }))
    renderPage('/firewall')
    expect(await rowOf('sshd')).toHaveTextContent('right')
    expect(screen.getByText('BanGUI’s own table could not be compared:', { exact: false })).toHaveTextContent(
      'the kernel does not answer',
    )
  })

  it('says that BanGUI’s own table cannot be read, and shows what was found before', async () => {
    now = standing({ table: null, unread: said('nft took longer than 20 s'), drift: broken() })
    renderPage('/firewall')
    expect(await screen.findByText('nft took longer than 20 s')).toBeVisible()
    expect(await rowOf('sshd')).toHaveTextContent('differs')
  })

  it('repairs one jail after saying that its bans begin anew', async () => {
    const { user } = renderPage('/firewall')
    await user.click(await screen.findByRole('button', { name: 'Repair sshd' }))
    const dialog = await screen.findByRole('dialog', { name: 'Repair the firewall' })
    expect(dialog).toHaveTextContent('120 addresses are banned again')
    expect(dialog).toHaveTextContent('Their ban time begins anew')
    expect(dialog).toHaveTextContent('1 address that is blocked and not banned is let through')
    expect(dialog).not.toHaveTextContent('taken away and loaded anew')
    await user.click(within(dialog).getByRole('button', { name: 'Repair' }))
    expect(await screen.findByText('All that is banned is blocked now.')).toBeVisible()
    expect(repaired).toEqual([{ jails: ['sshd'], own: false }])
    await waitFor(() => expect(screen.queryByRole('button', { name: /^Repair/ })).toBeNull())
  })

  it('repairs all that differs, and nothing else', async () => {
    const { user } = renderPage('/firewall')
    await user.click(await screen.findByRole('button', { name: 'Repair all…' }))
    const dialog = await screen.findByRole('dialog')
    expect(dialog).toHaveTextContent('For a moment it blocks nobody')
    await user.click(within(dialog).getByRole('button', { name: 'Repair' }))
    await waitFor(() => expect(repaired).toEqual([{ jails: ['sshd'], own: true }]))
  })

  it('says how much is left where a repair did not do all', async () => {
    server.use(http.post(url('/hosts/local/firewall/repair'), () => HttpResponse.json(broken())))
    const { user } = renderPage('/firewall', { locale: 'de' })
    await user.click(await screen.findByRole('button', { name: 'sshd reparieren' }))
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Reparieren' }))
    expect(await screen.findByText('121 Abweichungen bleiben.')).toBeVisible()
  })

  it('is checked now where an operator wants it, who may not repair', async () => {
    serve(broken(), 'operator')
    let checks = 0
    server.use(
      http.post(url('/hosts/local/firewall/check'), () => {
        checks += 1
        now = standing({ drift: drift() })
        return HttpResponse.json(now.drift)
      }),
    )
    const { user } = renderPage('/firewall')
    await rowOf('sshd')
    expect(screen.queryByRole('button', { name: /Repair/ })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Check now' }))
    expect(await screen.findByText('No jails were looked at: fail2ban ran none.')).toBeVisible()
    expect(checks).toBe(1)
  })

  it('says what went wrong with a check, and keeps what was found before', async () => {
    server.use(
      http.post(url('/hosts/local/firewall/check'), () => problem('firewall-failed', 502, { detail: 'nft: no' })),
    )
    const { user } = renderPage('/firewall')
    await rowOf('sshd')
    await user.click(screen.getByRole('button', { name: 'Check now' }))
    expect(await screen.findByText('The firewall did not do it.')).toBeVisible()
    expect(await rowOf('sshd')).toHaveTextContent('differs')
  })
})
