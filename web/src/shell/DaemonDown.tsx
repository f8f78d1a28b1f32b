import { Trans, useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { DaemonRemedy } from '@/components/DaemonRemedy'
import { daemonReason } from '@/components/daemon-reasons'
import { HostileText, Time } from '@/components/Text'

/** Why fail2ban cannot be reached, since when, and what to do. */
export default function DaemonDown({ daemon }: { daemon: Schemas['HostStatusBody']['daemon'] }) {
  const { i18n } = useLingui()
  return (
    <div className="min-w-0 break-words">
      <p>
        <strong className="font-semibold">
          <Trans>fail2ban is down:</Trans> {i18n._(daemonReason(daemon.reason))}
        </strong>{' '}
        {daemon.since ? (
          <span className="text-sm">
            <Time at={daemon.since} />
          </span>
        ) : null}
      </p>
      {daemon.detail ? (
        <p className="text-sm" lang="en">
          <HostileText text={daemon.detail} />
        </p>
      ) : null}
      {daemon.remedy ? (
        <p className="text-sm">
          <Trans>What to do:</Trans> <DaemonRemedy daemon={daemon} />
        </p>
      ) : null}
    </div>
  )
}
