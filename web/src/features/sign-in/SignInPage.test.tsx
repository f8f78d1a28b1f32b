import { screen, waitFor } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { currentSession, start } from '@/test/fixtures'
import { renderPage } from '@/test/render'
import { HttpResponse, http, problem, server, url } from '@/test/server'

/** A server that nobody is signed in to, until the right password comes. */
function signedOut() {
  let signedIn = false
  server.use(
    http.get(url('/start'), () => HttpResponse.json(start(signedIn ? currentSession() : null))),
    http.get(url('/sessions'), () => HttpResponse.json({ items: [currentSession().session] })),
    http.post(url('/session'), async ({ request }) => {
      const { password } = (await request.json()) as { password: string }
      if (password !== 'correct horse battery') return problem('wrong-credentials', 401)
      signedIn = true
      return HttpResponse.json(currentSession(), { status: 201 })
    }),
  )
}

describe('sign-in', () => {
  test('a visitor is sent here and returned to where he wanted to go', async () => {
    signedOut()
    const { user, router } = renderPage('/sessions?x=1')
    await user.type(await screen.findByLabelText('Password'), 'correct horse battery')
    expect(router.state.location.pathname).toBe('/sign-in')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    expect(await screen.findByRole('heading', { name: 'Sessions' })).toBeInTheDocument()
    expect(router.state.location.href).toBe('/sessions?x=1')
  })

  test('a return path to another site is not followed', async () => {
    signedOut()
    server.use(http.get(url('/stats/bans'), () => problem('busy', 503)))
    const { user, router } = renderPage('/sign-in?to=%2F%2Fevil.example%2F')
    await user.type(await screen.findByLabelText('Password'), 'correct horse battery')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/'))
  })

  test('a wrong password is said at the field, which is emptied and focused', async () => {
    signedOut()
    const { user } = renderPage('/sign-in', { locale: 'de' })
    const field = await screen.findByLabelText('Passwort')
    await user.type(field, 'falsch')
    await user.click(screen.getByRole('button', { name: 'Anmelden' }))
    expect(await screen.findByText('Name oder Passwort ist falsch.')).toBeInTheDocument()
    expect(field).toHaveValue('')
    expect(field).toHaveFocus()
  })

  test('too many attempts lock the button and count down', async () => {
    signedOut()
    server.use(http.post(url('/session'), () => problem('too-many-attempts', 429, { retryAfterSeconds: 30 })))
    const { user } = renderPage('/sign-in')
    await user.type(await screen.findByLabelText('Password'), 'x')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    expect(await screen.findByText(/You can try again in (30|29) s\./)).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Sign in' })).toBeDisabled()
  })

  test('a server that was never set up leads to the wizard', async () => {
    server.use(
      http.get(url('/start'), () => HttpResponse.json(start(null, false))),
      http.get(url('/setup'), () => HttpResponse.json({ completed: false, tokenRequired: false, defaults: null })),
    )
    const { router } = renderPage('/bans')
    await waitFor(() => expect(router.state.location.pathname).toBe('/setup'))
  })
})
