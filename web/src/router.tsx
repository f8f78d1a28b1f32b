import type { QueryClient } from '@tanstack/react-query'
import { createRouter, type RouterHistory } from '@tanstack/react-router'
import { RegionError, RegionPending } from '@/shell/RegionState'
import { addressRoute } from './routes/address'
import { allowlistRoute } from './routes/allowlist'
import { appRoute } from './routes/app'
import { auditRoute } from './routes/audit'
import { bansRoute } from './routes/bans'
import { blocklistRoute, blocklistsRoute } from './routes/blocklists'
import { configRoute } from './routes/config'
import { configActionRoute, configDefaultsRoute, configFilterRoute, configJailRoute } from './routes/config-item'
import { configReviewRoute } from './routes/config-review'
import { configServerRoute } from './routes/config-server'
import { configVersionsRoute } from './routes/config-versions'
import { firewallRoute } from './routes/firewall'
import { historyRoute } from './routes/history'
import { jailRoute } from './routes/jail'
import { jailsRoute } from './routes/jails'
import { laboratoryRoute } from './routes/laboratory'
import { logRoute } from './routes/log'
import { mapRoute } from './routes/map'
import { overviewRoute } from './routes/overview'
import { rootRoute } from './routes/root'
import { sessionsRoute } from './routes/sessions'
import { settingsRoute } from './routes/settings'
import { setupRoute } from './routes/setup'
import { signInRoute } from './routes/sign-in'
import { tasksRoute } from './routes/tasks'

const routeTree = rootRoute.addChildren([
  setupRoute,
  signInRoute,
  appRoute.addChildren([
    overviewRoute,
    mapRoute,
    historyRoute,
    addressRoute,
    jailsRoute,
    jailRoute,
    configRoute,
    configJailRoute,
    configFilterRoute,
    configActionRoute,
    configDefaultsRoute,
    configServerRoute,
    configReviewRoute,
    configVersionsRoute,
    bansRoute,
    blocklistsRoute,
    blocklistRoute,
    allowlistRoute,
    firewallRoute,
    laboratoryRoute,
    logRoute,
    sessionsRoute,
    tasksRoute,
    settingsRoute,
    auditRoute,
  ]),
])

type PageOptions = { queryClient: QueryClient; basepath?: string; history?: RouterHistory }

/** The whole page. Tests give a history of their own. */
export function createPage({ queryClient, basepath = '/', history }: PageOptions) {
  return createRouter({
    routeTree,
    basepath,
    history,
    context: { queryClient },
    defaultPreload: 'intent',
    // Query keeps the data fresh; the router must not cache a second time.
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 200,
    defaultErrorComponent: RegionError,
    defaultPendingComponent: RegionPending,
    scrollRestoration: true,
    scrollToTopSelectors: ['#main'],
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPage>
  }
}
