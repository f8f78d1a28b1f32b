import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import { Banner } from '@/components/Banner'
import { Num, Time } from '@/components/Text'
import { HistoryLink } from '@/features/filters/HistoryLink'
import { Alarm, Unknown } from '@/features/health/Alarm'
import { healthQuery } from '@/features/health/queries'
import { unreadBytes } from './read-to'

type Health = Schemas['JailHealthBody']

/** How a running jail sees its logs; `undefined` before that is known, and for one that does not run. */
export function useHealth(jail: string): Health | undefined {
  return useQuery(healthQuery).data?.items.find((one) => one.jail === jail)
}

/** When it last saw and did something. A jail that sees nothing looks just like a quiet night. */
export function Seen({ health, journal }: { health: Health | undefined; journal: boolean }) {
  const never = <Trans>not since BanGUI listens</Trans>
  return (
    <>
      <dl className="grid grid-cols-1 gap-px overflow-hidden rounded-md border bg-line sm:grid-cols-3">
        <Moment label={<Trans>Last failure seen</Trans>}>
          {health ? health.lastFailureAt ? <Time at={health.lastFailureAt} /> : never : null}
        </Moment>
        <Moment label={<Trans>Last ban</Trans>}>
          {health ? (
            health.lastBanAt ? (
              <HistoryLink
                search={{ jail: [health.jail], event: ['ban'] }}
                className="hover:text-accent hover:underline"
              >
                <Time at={health.lastBanAt} />
              </HistoryLink>
            ) : (
              never
            )
          ) : null}
        </Moment>
        <Moment label={<Trans>Last read</Trans>}>
          {health ? <LastRead logs={health.logs} journal={journal} /> : null}
        </Moment>
      </dl>
      {health?.unknown.map((unknown) => (
        <p key={unknown} className="text-sm">
          <Unknown unknown={unknown} />
        </p>
      ))}
    </>
  )
}

function Moment({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-x-3 bg-surface px-3 py-1.5 sm:flex-col">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="min-h-5">{children ?? '–'}</dd>
    </div>
  )
}

function LastRead({ logs, journal }: { logs: Health['logs']; journal: boolean }) {
  if (journal) return <Trans>the journal, as it is written</Trans>
  const unread = logs.map(unreadBytes)
  const known = unread.filter((bytes) => bytes !== undefined)
  if (known.length === 0)
    return (
      <span className="text-muted">
        <Trans>not known</Trans>
      </span>
    )
  const bytes = known.reduce((sum, one) => sum + one, 0)
  // Of the others it is not known whether anything in them waits.
  const all = known.length === logs.length
  if (bytes > 0)
    return all ? (
      <Trans>
        fail2ban has noted its position up to <Num value={bytes} /> bytes before the end; it notes it only now and then
      </Trans>
    ) : (
      <Trans>
        as far as known, fail2ban has noted its position up to <Num value={bytes} /> bytes before the end; it notes it
        only now and then
      </Trans>
    )
  if (!all) return <Trans>as far as known, all that was written</Trans>
  const newest = logs
    .map((log) => log.writtenAt ?? '')
    .sort()
    .at(-1)
  return newest ? (
    <Trans>
      all that was written, the last <Time at={newest} />
    </Trans>
  ) : (
    <Trans>all that was written</Trans>
  )
}

/** What keeps the jail from seeing, and what to do. */
export function AlarmBanner({ alarms }: { alarms: Health['alarms'] }) {
  if (alarms.length === 0) return null
  return (
    <Banner tone="warning" role="status" title={<Trans>This jail may be blind.</Trans>}>
      <ul>
        {alarms.map((alarm) => (
          <li key={alarm}>
            <Alarm alarm={alarm} />
          </li>
        ))}
      </ul>
    </Banner>
  )
}
