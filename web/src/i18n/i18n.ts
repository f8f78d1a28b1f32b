import { type I18n, setupI18n } from '@lingui/core'
import { preferences, subscribePreferences } from '@/lib/preferences'

export type Locale = 'en' | 'de'
export const LOCALES: readonly Locale[] = ['en', 'de']

// One chunk a language, not one a page: the whole catalogue is a few kilobytes, and one request is cheaper than many.
const catalogues = {
  en: () => import('./catalogue.en'),
  de: () => import('./catalogue.de'),
}

export const i18n: I18n = setupI18n()

/** The language that was chosen, else the first of the browser's that there is, else English. */
export function wantedLocale(): Locale {
  const { language } = preferences()
  if (language !== 'system') return language
  for (const tag of navigator.languages ?? []) {
    const found = LOCALES.find((locale) => tag.toLowerCase().split('-')[0] === locale)
    if (found) return found
  }
  return 'en'
}

export async function activate(locale: Locale): Promise<void> {
  const { messages } = await catalogues[locale]()
  i18n.loadAndActivate({ locale, messages })
  document.documentElement.lang = locale
}

/** Follows the choice of language for as long as the page lives. */
export function watchLanguage(): () => void {
  return subscribePreferences(() => {
    const locale = wantedLocale()
    if (locale !== i18n.locale) void activate(locale)
  })
}
