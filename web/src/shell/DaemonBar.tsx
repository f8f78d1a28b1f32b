import { Trans, useLingui } from '@lingui/react/macro'
import { Icon } from '@/components/Icon'
import { HostileText, Time } from '@/components/Text'
import { daemonReason } from './reasons'
import { useStatus } from './status'

/** On every page while fail2ban or BanGUI cannot be reached: what, why, since when, and what to do. Gone when it is back. */
export function DaemonBar() {
  const { i18n } = useLingui()
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
          {unreachable ? (
            <p className="min-w-0">
              <strong className="font-semibold">
                <Trans>BanGUI does not answer.</Trans>
              </strong>{' '}
              <Trans>Trying again every few seconds. The numbers below are the last ones known.</Trans>
            </p>
          ) : (
            <div className="min-w-0 break-words">
              <p>
                <strong className="font-semibold">
                  <Trans>fail2ban is down:</Trans> {i18n._(daemonReason(daemon?.reason))}
                </strong>{' '}
                {daemon?.since ? (
                  <span className="text-sm">
                    <Time at={daemon.since} />
                  </span>
                ) : null}
              </p>
              {daemon?.detail ? (
                <p className="text-sm">
                  <HostileText text={daemon.detail} />
                </p>
              ) : null}
              {daemon?.remedy ? (
                <p className="text-sm">
                  <Trans>What to do:</Trans> <HostileText text={daemon.remedy} />
                </p>
              ) : null}
            </div>
          )}
        </div>
      ) : null}
    </div>
  )
}
