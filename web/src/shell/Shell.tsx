import { Trans, useLingui } from '@lingui/react/macro'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { Button } from '@/components/Button'
import { ErrorBoundary } from '@/components/ErrorBoundary'
import { Icon } from '@/components/Icon'
import { withTexts } from '@/i18n/i18n'
import { browserZone, ZoneContext } from '@/lib/zone'
import { useCalm } from './calm'
import { DaemonBar } from './DaemonBar'
import { focusSearch, useHotkeys } from './hotkeys'
import { Mark } from './Mark'
import { Navigation } from './Navigation'
import { StatusBar } from './StatusBar'
import { useSession } from './session'
import { UserMenu } from './UserMenu'

const CommandPalette = lazy(withTexts(() => import('./CommandPalette'), 'config'))
const KeyHelp = lazy(() => import('./KeyHelp'))
const ToastList = lazy(() => import('@/components/ToastList'))
const BansDock = lazy(
  withTexts(() => import('@/features/bans/BansDock').then((module) => ({ default: module.BansDock })), 'bans'),
)
const ConfigDock = lazy(
  withTexts(() => import('@/features/config/ConfigDock').then((module) => ({ default: module.ConfigDock })), 'config'),
)
const NavigationDrawer = lazy(() => import('./NavigationDrawer'))

type Overlay = 'palette' | 'keys' | 'notifications' | 'navigation' | null

/** The frame around every page behind the sign-in. */
export function Shell() {
  const { t } = useLingui()
  const session = useSession()
  const [overlay, setOverlay] = useState<Overlay>(null)
  const close = () => setOverlay(null)
  const path = useRouterState({ select: (state) => state.location.pathname })
  const main = useRef<HTMLElement>(null)
  const calm = useCalm()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes what lies over the last one.
  useEffect(close, [path])
  useHotkeys({
    'mod+k': () => setOverlay((now) => (now === 'palette' ? null : 'palette')),
    '/': focusSearch,
    '?': () => setOverlay('keys'),
  })
  return (
    <ZoneContext value={session?.timeZone ?? browserZone()}>
      <button
        type="button"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:border focus:bg-surface focus:p-2"
        onClick={() => main.current?.focus()}
      >
        <Trans>Skip to the content</Trans>
      </button>
      <div className="flex h-dvh flex-col">
        <header className="flex h-11 shrink-0 items-center gap-1 border-b bg-surface px-2">
          <Button
            tone="ghost"
            square
            className="md:hidden"
            aria-label={t`Navigation`}
            onClick={() => setOverlay('navigation')}
          >
            <Icon name="menu" />
          </Button>
          <Mark />
          <Button
            tone="ghost"
            className="ml-auto text-muted sm:border-line sm:font-normal"
            title={t`Go to a page, a jail or an address`}
            onClick={() => setOverlay('palette')}
          >
            <Icon name="search" />
            <span className="max-sm:sr-only">
              <Trans>Go to…</Trans>
            </span>
            <kbd className="hidden font-mono text-xs sm:inline">{isMac() ? '⌘K' : 'Ctrl K'}</kbd>
          </Button>
          <Button tone="ghost" square aria-label={t`Notifications`} onClick={() => setOverlay('notifications')}>
            <Icon name="bell" />
          </Button>
          <UserMenu onShowKeys={() => setOverlay('keys')} />
        </header>
        <DaemonBar />
        <ErrorBoundary>
          <Suspense>{calm ? <ConfigDock /> : null}</Suspense>
        </ErrorBoundary>
        <div className="flex min-h-0 flex-1">
          <nav aria-label={t`Pages`} className="hidden w-44 shrink-0 overflow-y-auto border-r bg-surface p-2 md:block">
            <Navigation />
          </nav>
          <main ref={main} id="main" tabIndex={-1} className="min-w-0 flex-1 overflow-y-auto">
            <div className="mx-auto flex min-h-full max-w-screen-2xl flex-col gap-3 p-3 sm:p-4">
              <ErrorBoundary resetKey={path}>
                <Outlet />
              </ErrorBoundary>
            </div>
          </main>
        </div>
        <ErrorBoundary>
          <Suspense>{calm ? <BansDock /> : null}</Suspense>
        </ErrorBoundary>
        <StatusBar />
      </div>
      <Suspense>
        {overlay === 'notifications' ? <ToastList onClose={close} /> : null}
        {overlay === 'navigation' ? <NavigationDrawer onClose={close} /> : null}
        {overlay === 'palette' ? <CommandPalette onClose={close} /> : null}
        {overlay === 'keys' ? <KeyHelp onClose={close} /> : null}
      </Suspense>
    </ZoneContext>
  )
}

function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent)
}
