import { expect, test } from 'vitest'
import { preferences, setPreferences, watchPreferences } from './preferences'

test('a choice is shown on the document and kept', () => {
  setPreferences({ theme: 'dark', density: 'compact' })
  expect(document.documentElement.dataset).toMatchObject({ theme: 'dark', density: 'compact' })
  expect(JSON.parse(localStorage.getItem('bangui.preferences') ?? '{}')).toMatchObject({ theme: 'dark' })
})

test('a choice made in another tab is followed, and what makes no sense in it is not', () => {
  const stop = watchPreferences()
  localStorage.setItem('bangui.preferences', JSON.stringify({ theme: 'light', density: 'vast', language: 'de' }))
  window.dispatchEvent(new StorageEvent('storage', { key: 'bangui.preferences' }))
  expect(preferences()).toEqual({ theme: 'light', density: 'comfortable', language: 'de' })
  stop()
})
