import { Trans } from '@lingui/react/macro'
import { lazy, Suspense } from 'react'
import { Icon } from '@/components/Icon'
import { useStatus } from './status'

// What is told of fail2ban comes when it is down: BanGUI answers then.
const DaemonDown = lazy(() => import('./DaemonDown'))

/** On every page while fail2ban or BanGUI cannot be reached: what, why, since when, and what to do. Gone when it is back. */
export function DaemonBar() {
  const { status, problem, freshness } = useStatus()
  const daemon = status?.daemon
  const unreachable = freshness === 'reconnecting' && problem !== null && problem.status !== 401
  const down = daemon?.state === 'down'
  return (
    // The region stands always, so that a screen reader hears what appears in it.
    <div role="alert" className="shrink-0">
      {unreachable || (down && daemon) ? (
        <div className="flex items-start gap-2 border-b border-l-4 border-l-danger bg-danger-soft px-3 py-2 text-fg">
          <Icon name="warning" className="mt-0.5 text-danger" />
          {unreachable || !daemon ? (
            <p className="min-w-0">
              <strong className="font-semibold">
                <Trans>BanGUI does not answer.</Trans>
              </strong>{' '}
              <Trans>Trying again every few seconds. The numbers below are the last ones known.</Trans>
            </p>
          ) : (
            <Suspense>
              <DaemonDown daemon={daemon} />
            </Suspense>
          )}
        </div>
      ) : null}
    </div>
  )
}
