import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import { clearToasts } from '@/components/toasts'
import { setPreferences } from '@/lib/preferences'
import { server } from './server'

// A page of a test is past its first load from the beginning.
vi.mock('@/shell/calm', () => ({ useCalm: () => true }))

// A generous limit for waiting: machines that build at the same time are slow, and a wait ends with its fact anyway.
configure({ asyncUtilTimeout: 10_000 })

// A request that no handler answers is a mistake of the test, never a question to the network.
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => {
  cleanup()
  clearToasts()
  server.resetHandlers()
  setPreferences({ theme: 'system', density: 'comfortable', language: 'system' })
  localStorage.clear()
})
afterAll(() => server.close())
