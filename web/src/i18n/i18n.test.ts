import { expect, test } from 'vitest'
import { setPreferences } from '@/lib/preferences'
import { activate, i18n, wantedLocale, watchLanguage, withTexts } from './i18n'

test('a page brings the texts of its area, and they follow a change of language', async () => {
  await activate('en')
  const page = await withTexts(async () => ({ name: 'AuditPage' }), 'audit')()
  expect(page.name).toBe('AuditPage')
  const inEnglish = Object.keys(i18n.messages).length
  await activate('de')
  expect(Object.keys(i18n.messages)).toHaveLength(inEnglish)
  expect(Object.values(i18n.messages).flat()).toContain('Ältere laden')
  expect(document.documentElement.lang).toBe('de')
})

test('the chosen language wins, and a choice is followed at once', async () => {
  await activate('en')
  const stop = watchLanguage()
  setPreferences({ language: 'de' })
  expect(wantedLocale()).toBe('de')
  await expect.poll(() => i18n.locale).toBe('de')
  stop()
})
