import { screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { renderPage } from '@/test/render'
import { HttpResponse, http, server, url } from '@/test/server'
import { configState, plan, version } from '../test-config'
import { forgetTrays } from '../tray/use-tray'

const asked: string[] = []
const file = plan().files[0]

beforeEach(() => {
  sessionStorage.clear()
  forgetTrays()
  asked.length = 0
  server.use(
    http.get(url('/hosts/local/config/versions'), ({ request }) => {
      const before = new URL(request.url).searchParams.get('before')
      if (before) return HttpResponse.json({ items: [version({ id: 1, origin: 'first' })], next: null })
      return HttpResponse.json({
        items: [
          version({
            note: 'why \u202enot',
            changes: [{ change: 'disable', jail: 'apache' }],
            confirmed: { at: new Date().toISOString(), author: { name: 'grace', address: '192.0.2.11' } },
          }),
          version({
            id: 6,
            outcome: 'undone',
            failed: 'sshd did not start',
            author: { name: null, address: null },
            finishedAtStart: true,
          }),
        ],
        next: 6,
      })
    }),
    http.get(url('/hosts/local/config/diff'), ({ request }) => {
      asked.push(new URL(request.url).search)
      return HttpResponse.json({ files: [file] })
    }),
  )
})

describe('VersionsPage', () => {
  it('tells who, why, what and what came of it, and loads older ones', async () => {
    const { user } = renderPage('/config/versions')
    const rows = await screen.findAllByRole('row')
    expect(rows[1]).toHaveTextContent(
      /admin.*why U\+202Enot.*Confirmed by grace.*apache: disabled.*took effect.*in force now/,
    )
    expect(rows[2]).toHaveTextContent(
      /BanGUI itself.*its next start saw it through.*sshd did not start.*failed, undone/,
    )
    await user.click(screen.getByRole('button', { name: 'Load older ones' }))
    expect(await screen.findByText('as found at first')).toBeVisible()
  })

  it('compares the states of the URL, and others that are chosen', async () => {
    const { router, user } = renderPage('/config/versions?from=6&to=7')
    expect(await screen.findByRole('region', { name: /Changes of jail\.d/ })).toBeVisible()
    expect(asked.at(-1)).toBe('?from=6&to=7')
    await user.selectOptions(screen.getByRole('combobox', { name: 'To version' }), 'now')
    await waitFor(() => expect(asked.at(-1)).toBe('?from=6&to=now'))
    expect(router.state.location.search).toEqual({ from: 6 })
  })

  it('brings a version back by way of the review', async () => {
    server.use(http.post(url('/hosts/local/config/plan'), () => HttpResponse.json(plan())))
    const { router, user } = renderPage('/config/versions')
    await user.click(await screen.findByRole('button', { name: 'Version 6' }))
    await user.click(await screen.findByRole('menuitem', { name: /Bring it back/ }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/config/review'))
    expect(await screen.findByText(/the files of version 6 come back/)).toBeVisible()
  })

  it('shows what was changed outside, and keeps it as a version', async () => {
    let outside = ['jail.local']
    server.use(
      http.get(url('/hosts/local/config/state'), () => HttpResponse.json(configState({ changedOutside: outside }))),
      http.post(url('/hosts/local/config/adopt'), () => {
        outside = []
        return HttpResponse.json(version({ id: 8 }))
      }),
    )
    const { user } = renderPage('/config/versions')
    await user.click(await screen.findByRole('button', { name: 'Show the differences' }))
    expect(await screen.findByRole('region', { name: /Changes of jail\.d/ })).toBeVisible()
    expect(asked.at(-1)).toBe('?from=7&to=now')
    await user.click(screen.getByRole('button', { name: 'Keep as version' }))
    expect(await screen.findByText('Kept as version 8.')).toBeVisible()
    await waitFor(() => expect(screen.queryByText('Changed outside BanGUI')).not.toBeInTheDocument())
  })
})
