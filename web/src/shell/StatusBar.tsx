import { Trans, useLingui } from '@lingui/react/macro'
import { lazy, type ReactNode, Suspense } from 'react'
import { Num, Time } from '@/components/Text'
import { withTexts } from '@/i18n/i18n'
import { cx } from '@/lib/cx'
import { formatClock, parseTime } from '@/lib/format'
import { useZone } from '@/lib/zone'
import { useCalm } from './calm'
import { type Freshness, useStatus } from './status'

const LiveDot = lazy(withTexts(() => import('@/features/live/LiveDot'), 'live'))

const DOTS: Record<'up' | 'down' | 'connecting', string> = {
  up: 'bg-good',
  down: 'bg-danger',
  connecting: 'bg-warning',
}

/** The line at the foot of every page: the daemon, its totals, and of when they are. */
export function StatusBar() {
  const { status, freshness } = useStatus()
  const totals = status?.totals
  const state = freshness === 'reconnecting' ? 'connecting' : (status?.daemon.state ?? 'connecting')
  return (
    <footer className="flex min-h-7 shrink-0 items-center flex-wrap gap-x-4 border-t bg-surface px-3 py-1 text-xs whitespace-nowrap text-muted">
      <span className="inline-flex items-center gap-1.5 text-fg">
        <span aria-hidden="true" className={cx('size-2 rounded-full', DOTS[state])} />
        fail2ban {status?.daemon.version ? <span className="text-muted">{status.daemon.version}</span> : null}{' '}
        {state === 'up' ? <Trans>up</Trans> : state === 'down' ? <Trans>down</Trans> : <Trans>connecting</Trans>}
      </span>
      {totals ? (
        <>
          <Total label={<Trans>Jails</Trans>}>
            <Num value={totals.jails} />
          </Total>
          <Total label={<Trans>Banned</Trans>} title={<Trans>now / in all</Trans>}>
            <Num value={totals.currentlyBanned} /> / <Num value={totals.totalBanned} />
          </Total>
          <Total label={<Trans>Failures</Trans>} title={<Trans>now / in all</Trans>}>
            <Num value={totals.currentlyFailed} /> / <Num value={totals.totalFailed} />
          </Total>
        </>
      ) : null}
      <span className="ml-auto inline-flex flex-wrap gap-x-4">
        <Live />
        <FreshnessText freshness={freshness} asOf={status?.asOf} />
      </span>
    </footer>
  )
}

function Live() {
  const calm = useCalm()
  return <Suspense>{calm ? <LiveDot /> : null}</Suspense>
}

function Total({ label, title, children }: { label: ReactNode; title?: ReactNode; children: ReactNode }) {
  return (
    <span>
      {label} <span className="font-medium text-fg">{children}</span>
      {title ? <span className="ml-1 hidden sm:inline">({title})</span> : null}
    </span>
  )
}

function FreshnessText({ freshness, asOf }: { freshness: Freshness; asOf: string | null | undefined }) {
  const { i18n } = useLingui()
  const zone = useZone()
  const at = parseTime(asOf)
  const clock = at === null ? '' : formatClock(i18n.locale, at, zone)
  if (freshness === 'loading') return <Trans>loading…</Trans>
  if (freshness === 'reconnecting') {
    return (
      <span className="font-medium text-danger">
        <Trans>reconnecting…</Trans> {clock ? <Trans>as of {clock}</Trans> : null}
      </span>
    )
  }
  if (freshness === 'stale') {
    return (
      <span className="font-medium text-warning">
        {at === null ? <Trans>no numbers yet</Trans> : <Trans>stale since {clock}</Trans>}
      </span>
    )
  }
  return (
    <span>
      <Trans>
        live, as of <Time at={asOf} />
      </Trans>
    </span>
  )
}
