import './styles.css'
import { I18nProvider } from '@lingui/react'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { basePath, onSignedOut } from '@/api/client'
import { createQueryClient, keys } from '@/api/queries'
import { activate, i18n, wantedLocale, watchLanguage } from '@/i18n/i18n'
import { watchPreferences } from '@/lib/preferences'
import { createPage } from './router'

const queryClient = createQueryClient()
const router = createPage({ queryClient, basepath: basePath() })

// The session may end at any time, by a limit or by another browser: ask who we are, and the route guard does the rest.
onSignedOut(() => {
  if (queryClient.getQueryData(keys.session) === undefined) return
  queryClient.removeQueries({ queryKey: keys.session })
  void router.invalidate()
})

watchPreferences()
watchLanguage()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
await activate(wantedLocale())
createRoot(root).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
)
