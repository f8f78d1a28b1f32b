import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Schemas } from '@/api/client'
import { currentSession, session, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

let items: Schemas['SessionBody'][] = []
let signedIn = true

function serve() {
  items = [session({ id: 'phone', current: false, address: '2001:db8::7', userAgent: 'curl/8.5.0' }), session()]
  signedIn = true
  server.use(
    http.get(url('/start'), () => HttpResponse.json(start(signedIn ? currentSession() : null))),
    http.get(url('/sessions'), () => HttpResponse.json({ items })),
    http.delete(url('/sessions/:id'), ({ params }) => {
      items = items.filter((one) => one.id !== params.id)
      return new HttpResponse(null, { status: 204 })
    }),
    http.delete(url('/sessions'), ({ request }) => {
      const keep = new URL(request.url).searchParams.get('keepCurrent') === 'true'
      const before = items.length
      items = keep ? items.filter((one) => one.current) : []
      signedIn = keep
      return HttpResponse.json({ revoked: before - items.length })
    }),
  )
}

describe('sessions', () => {
  beforeEach(serve)

  test('the own session comes first, is marked and cannot be ended by itself', async () => {
    renderPage('/sessions')
    const [, own, other] = await screen.findAllByRole('row')
    expect(own).toHaveTextContent('Firefox 140 · Linux')
    expect(own).toHaveTextContent('this one')
    expect(own && within(own).queryByRole('button', { name: 'End…' })).toBeNull()
    expect(other).toHaveTextContent('2001:db8::7')
  })

  test('ending one asks first and shows what is left', async () => {
    const { user } = renderPage('/sessions')
    await user.click(await screen.findByRole('button', { name: 'End…' }))
    expect(items).toHaveLength(2)
    await user.click(screen.getByRole('button', { name: 'End session' }))
    await waitFor(() => expect(screen.queryByText('curl 8')).not.toBeInTheDocument())
    expect(screen.getByText('The session has ended.')).toBeInTheDocument()
  })

  test('signing out the others keeps this one', async () => {
    const { user } = renderPage('/sessions', { locale: 'de' })
    await screen.findByText('curl 8')
    await user.click(screen.getByRole('button', { name: 'Die anderen abmelden…' }))
    await user.click(screen.getByRole('button', { name: 'Die anderen abmelden' }))
    expect(await screen.findByText('Andere Sitzungen beendet: 1')).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Die anderen abmelden…' })).toBeDisabled()
  })

  test('signing out everywhere ends at the sign-in', async () => {
    const { user, router, queryClient } = renderPage('/sessions')
    await screen.findByText('curl 8')
    await user.click(screen.getByRole('button', { name: 'Sign out everywhere…' }))
    await user.click(screen.getByRole('button', { name: 'Sign out everywhere' }))
    expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeInTheDocument()
    expect(router.state.location.pathname).toBe('/sign-in')
    expect(queryClient.getQueryData(['sessions'])).toBeUndefined()
  })
})

describe('change of password', () => {
  beforeEach(serve)

  async function open(answer: () => Response) {
    let sent: unknown = null
    server.use(
      http.put(url('/session/password'), async ({ request }) => {
        sent = await request.json()
        return answer()
      }),
    )
    const { user } = renderPage('/sessions')
    await user.click(await screen.findByRole('button', { name: 'Change password…' }))
    await user.type(await screen.findByLabelText('Current password'), 'the old one')
    await user.type(screen.getByLabelText('New password'), 'correct horse battery')
    await user.type(screen.getByLabelText('The same once more'), 'correct horse battery')
    await user.click(screen.getByRole('button', { name: 'Change password' }))
    return () => sent
  }

  test('sends both passwords and closes', async () => {
    const sent = await open(() => new HttpResponse(null, { status: 204 }))
    expect(await screen.findByText(/The password is changed/)).toBeInTheDocument()
    expect(sent()).toEqual({ currentPassword: 'the old one', newPassword: 'correct horse battery' })
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  })

  test('a wrong current password is said at its field', async () => {
    await open(() => problem('wrong-credentials', 401))
    expect(await screen.findByText('The current password is wrong.')).toBeInTheDocument()
    expect(screen.getByRole('dialog')).toBeInTheDocument()
  })

  test('the server’s word on the new password stands at that field', async () => {
    await open(() =>
      problem('invalid', 422, {
        errors: [{ field: 'newPassword', code: 'common', message: 'This password is known.' }],
      }),
    )
    expect(await screen.findByText('This password is known.')).toBeInTheDocument()
    expect(screen.getByLabelText('New password')).toBeInvalid()
  })
})
