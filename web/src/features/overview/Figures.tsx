import { Trans } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ApiProblem } from '@/api/client'
import { Change } from '@/components/chart/Change'
import { ProblemNote } from '@/components/ProblemNote'
import { Skeleton } from '@/components/Skeleton'
import { Num } from '@/components/Text'
import { HistoryLink } from '@/features/filters/HistoryLink'
import { bansBefore, type StatsSearch } from '@/features/filters/search'
import { cx } from '@/lib/cx'
import { useStatus } from '@/shell/status'
import { useSeries } from './series'

const LINK = 'hover:text-accent hover:underline'

/** The four numbers that tell whether it is a quiet night. Each leads to what it counts. */
export function Figures({ query }: { query: StatsSearch }) {
  const { status } = useStatus()
  const { data: series, error, refetch } = useSeries(query)
  const totals = status?.totals
  return (
    <>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-md border bg-line md:grid-cols-4">
        <Figure
          label={<Trans>Bans in this time</Trans>}
          value={series?.total}
          more={
            series ? (
              <>
                {series.previousTotal > 0 ? <Change now={series.total} before={series.previousTotal} /> : null}{' '}
                <HistoryLink search={bansBefore(query, series.range)} className={cx('text-muted', LINK)}>
                  <Trans>
                    before: <Num value={series.previousTotal} />
                  </Trans>
                </HistoryLink>
              </>
            ) : null
          }
        >
          {(number) => (
            <HistoryLink search={{ ...query, event: ['ban'] }} className={LINK}>
              {number}
            </HistoryLink>
          )}
        </Figure>
        <Figure
          label={<Trans>Banned now</Trans>}
          value={totals?.currentlyBanned}
          more={
            totals ? (
              <span className="text-muted">
                <Trans>
                  <Num value={totals.totalBanned} /> since the start
                </Trans>
              </span>
            ) : null
          }
        >
          {(number) => (
            <Link to="/bans" className={LINK}>
              {number}
            </Link>
          )}
        </Figure>
        <Figure
          label={<Trans>Failing now</Trans>}
          value={totals?.currentlyFailed}
          more={
            totals ? (
              <span className="text-muted">
                <Trans>
                  <Num value={totals.totalFailed} /> since the start
                </Trans>
              </span>
            ) : null
          }
        >
          {(number) => (
            <Link to="/jails" search={{ sort: 'currentlyFailed', order: 'desc' }} className={LINK}>
              {number}
            </Link>
          )}
        </Figure>
        <Figure
          label={<Trans>Jails</Trans>}
          value={totals?.jails}
          more={status?.daemon.version ? <span className="text-muted">fail2ban {status.daemon.version}</span> : null}
        >
          {(number) => (
            <Link to="/jails" className={LINK}>
              {number}
            </Link>
          )}
        </Figure>
      </dl>
      {error && !series ? <ProblemNote problem={ApiProblem.from(error)} onRetry={() => void refetch()} /> : null}
    </>
  )
}

type FigureProps = {
  label: ReactNode
  value: number | undefined
  more: ReactNode
  children: (number: ReactNode) => ReactNode
}

function Figure({ label, value, more, children }: FigureProps) {
  return (
    <div className="flex flex-col gap-0.5 bg-surface px-3 py-2">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="text-xl font-semibold">
        {value === undefined ? <Skeleton className="my-1.5 h-4 w-16" /> : children(<Num value={value} />)}
      </dd>
      <dd className="min-h-5 text-sm">{more}</dd>
    </div>
  )
}
