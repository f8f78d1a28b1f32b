import { type I18n, type Messages, setupI18n } from '@lingui/core'
import { preferences, subscribePreferences } from '@/lib/preferences'

export type Locale = 'en' | 'de'
export const LOCALES: readonly Locale[] = ['en', 'de']

// One chunk a language for what every visitor sees, and one for each further area: texts are a tenth of the first load.
const catalogues = {
  en: () => import('./catalogue.en'),
  de: () => import('./catalogue.de'),
}
const areas = import.meta.glob<{ messages: Messages }>([
  '../features/*/locales/*.po',
  '!../features/{overview,sign-in}/locales/*.po',
])
const wanted = new Set<string>()

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
  const [main, ...rest] = await Promise.all([
    catalogues[locale](),
    ...[...wanted].map((area) => areas[`../features/${area}/locales/${locale}.po`]?.()),
  ])
  i18n.load(locale, Object.assign({}, main.messages, ...rest.map((part) => part?.messages)))
  i18n.activate(locale)
  document.documentElement.lang = locale
}

/**
 * A page together with the texts of its areas, for the `component` of a route:
 * `lazyRouteComponent(withTexts(() => import('@/features/audit/AuditPage'), 'audit'), 'AuditPage')`.
 * The texts of `overview` and `sign-in`, which a first visit shows, are always there.
 */
export function withTexts<M>(load: () => Promise<M>, ...names: string[]): () => Promise<M> {
  return async () => {
    const [module] = await Promise.all([load(), ...names.map(loadArea)])
    return module
  }
}

async function loadArea(area: string): Promise<void> {
  wanted.add(area)
  const { locale } = i18n
  const part = await areas[`../features/${area}/locales/${locale}.po`]?.()
  if (part) i18n.load(locale, part.messages)
}

/** Follows the choice of language for as long as the page lives. */
export function watchLanguage(): () => void {
  return subscribePreferences(() => {
    const locale = wantedLocale()
    if (locale !== i18n.locale) void activate(locale)
  })
}
