import '@testing-library/jest-dom/vitest'
import { cleanup } from '@testing-library/react'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { clearToasts } from '@/components/toasts'
import { setPreferences } from '@/lib/preferences'
import { server } from './server'

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
