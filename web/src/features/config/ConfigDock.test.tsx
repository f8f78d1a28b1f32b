import { act, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { currentSession, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'
import { configKeys } from './queries'
import { configState, version } from './test-config'
import { forgetTrays } from './tray/use-tray'
import type { ConfigState } from './types'

let state: ConfigState
const decided: string[] = []
const inAMinute = () => ({
  version: 8,
  author: 'ops\u200b',
  confirmBy: new Date(Date.now() + 60_000).toISOString(),
})

beforeEach(() => {
  sessionStorage.clear()
  forgetTrays()
  decided.length = 0
  state = configState({ version: 8, pending: inAMinute() })
  server.use(
    http.get(url('/hosts/local/config/state'), () => HttpResponse.json(state)),
    http.get(url('/sessions'), () => HttpResponse.json({ items: [] })),
    http.post(url('/hosts/local/config/:what'), ({ params }) => {
      decided.push(String(params.what))
      state = configState({ version: params.what === 'confirm' ? 8 : 9, pending: null })
      return HttpResponse.json(version())
    }),
  )
})

describe('ConfirmBar', () => {
  it('counts down on any page, and keeps the change', async () => {
    const { user } = renderPage('/sessions')
    const timer = await screen.findByRole('timer')
    expect(timer).toHaveAccessibleName(/^(5\d|60) seconds left$/)
    expect(screen.getByText(/Changed by/)).toHaveTextContent('opsU+200B')
    await user.click(screen.getByRole('button', { name: 'Keep it' }))
    expect(await screen.findByText('Version 8 is kept.')).toBeVisible()
    expect(screen.queryByRole('timer')).not.toBeInTheDocument()
    expect(decided).toEqual(['confirm'])
  })

  it('takes the change back', async () => {
    const { user } = renderPage('/sessions')
    await user.click(await screen.findByRole('button', { name: 'Take it back' }))
    expect(await screen.findByText(/Version 8 was taken back/)).toBeVisible()
    expect(decided).toEqual(['revert'])
  })

  it('tells when it was taken back by itself', async () => {
    const { queryClient } = renderPage('/sessions')
    await screen.findByRole('timer')
    state = configState({ version: 9 })
    await act(() => queryClient.invalidateQueries({ queryKey: configKeys.state }))
    expect(await screen.findByText(/Version 8 was taken back/)).toBeVisible()
  })

  it('says why it could not be kept, and stays', async () => {
    server.use(http.post(url('/hosts/local/config/confirm'), () => problem('config-files', 503, { detail: 'No disk' })))
    const { user } = renderPage('/sessions')
    await user.click(await screen.findByRole('button', { name: 'Keep it' }))
    expect(await screen.findByText('The configuration’s files cannot be read or written.')).toBeVisible()
    expect(screen.getByText('No disk')).toBeVisible()
    expect(screen.getByRole('timer')).toBeVisible()
  })

  it('shows a viewer the countdown without the buttons', async () => {
    server.use(http.get(url('/start'), () => HttpResponse.json(start(currentSession('viewer')))))
    renderPage('/sessions')
    expect(await screen.findByRole('timer')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Keep it' })).not.toBeInTheDocument()
  })
})

describe('TrayBar', () => {
  it('counts the edits of the person who is signed in, and r leads to the review', async () => {
    state = configState()
    const edit = { key: 'use jail/a', change: { change: 'disable', jail: 'a' } }
    sessionStorage.setItem('bangui.config-tray.admin', JSON.stringify([edit]))
    sessionStorage.setItem('bangui.config-tray.somebody', JSON.stringify([edit, { ...edit, key: 'x' }]))
    server.use(http.post(url('/hosts/local/config/plan'), () => problem('config-files', 503)))
    const { router, user } = renderPage('/sessions')
    expect(await screen.findByText('1 edit of the configuration is not applied yet.')).toBeVisible()
    await user.keyboard('r')
    await waitFor(() => expect(router.state.location.pathname).toBe('/config/review'))
    expect(screen.queryByText(/not applied yet/)).not.toBeInTheDocument()
  })
})
