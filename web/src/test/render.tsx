import { type I18n, type Messages, setupI18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router'
import { type RenderResult, render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { ReactNode } from 'react'
import { createQueryClient } from '@/api/queries'
import { ToastRegion } from '@/components/ToastRegion'
import { ZoneContext } from '@/lib/zone'
import { createPage } from '@/router'

function every(parts: Record<string, { messages: Messages }>): Messages {
  return Object.assign({}, ...Object.values(parts).map((part) => part.messages))
}
const en = every(
  import.meta.glob<{ messages: Messages }>(['../locales/en.po', '../features/*/locales/en.po'], { eager: true }),
)
const de = every(
  import.meta.glob<{ messages: Messages }>(['../locales/de.po', '../features/*/locales/de.po'], { eager: true }),
)

export function language(locale: 'en' | 'de'): I18n {
  return setupI18n({ locale, messages: { en, de } })
}

type Options = { locale?: 'en' | 'de' }

/** Renders a component with language, zone (Europe/Berlin), an empty query cache and toasts around it. No router. */
export function renderWith(ui: ReactNode, { locale = 'en' }: Options = {}) {
  const queryClient = createQueryClient()
  const result: RenderResult = render(
    <I18nProvider i18n={language(locale)}>
      <QueryClientProvider client={queryClient}>
        <ZoneContext value="Europe/Berlin">
          {ui}
          <ToastRegion />
        </ZoneContext>
      </QueryClientProvider>
    </I18nProvider>,
  )
  return { ...result, queryClient, user: userEvent.setup() }
}

/** Renders the whole page at an address, for example `renderPage('/bans?search=192.0.2.1')`. */
export function renderPage(path: string, { locale = 'en' }: Options = {}) {
  const queryClient = createQueryClient()
  const history = createMemoryHistory({ initialEntries: [path] })
  const router = createPage({ queryClient, history })
  const result: RenderResult = render(
    <I18nProvider i18n={language(locale)}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>,
  )
  return { ...result, queryClient, router, user: userEvent.setup() }
}
