import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ApiProblem } from '@/api/client'
import { Badge } from '@/components/Badge'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Select } from '@/components/Field'
import { Icon } from '@/components/Icon'
import { PageHeader } from '@/components/PageHeader'
import { QuickFilter } from '@/components/QuickFilter'
import { SkeletonRows } from '@/components/Skeleton'
import { HostileText } from '@/components/Text'
import { ConfigProblem } from '@/features/config/ConfigProblem'
import { FindingText } from '@/features/config/Findings'
import { type LogSearch, logRoute } from '@/routes/log'
import { useMay } from '@/shell/session'
import { FlushButton } from './FlushButton'
import { LogList } from './LogList'
import { logQuery } from './queries'
import type { Tail } from './tail'
import { type Following, useFollowing } from './use-following'
import { useLevelOptions } from './words'

/** fail2ban's own log, as it is written. */
export function LogPage() {
  const { t } = useLingui()
  const search = logRoute.useSearch()
  const admin = useMay('admin')
  const log = useQuery(logQuery(search))
  const tail = log.data
  return (
    <>
      <PageHeader
        title={t`fail2ban’s log`}
        meta={
          tail && !tail.problem ? (
            <code className="min-w-0 font-mono text-sm break-all text-muted">
              <HostileText text={tail.source} />
            </code>
          ) : null
        }
        actions={admin ? <FlushButton /> : null}
      />
      {log.error ? <ConfigProblem problem={ApiProblem.from(log.error)} onRetry={() => void log.refetch()} /> : null}
      {tail?.problem ? <Unreadable problem={tail.problem} /> : null}
      {tail ? (
        // Another search is another list: what was held belongs to the old one.
        <Lines key={JSON.stringify(search)} search={search} tail={tail} />
      ) : log.error ? null : (
        <Sheet>
          <SkeletonRows rows={20} />
        </Sheet>
      )}
    </>
  )
}

/** Why there is nothing to read, and where that is changed. */
function Unreadable({ problem }: { problem: NonNullable<Tail['problem']> }) {
  return (
    <Banner
      tone="warning"
      role="status"
      title={<Trans>This log cannot be read here</Trans>}
      actions={
        <Link to="/config/server" className="text-accent underline">
          <Trans>Choose another log target</Trans>
        </Link>
      }
    >
      <FindingText finding={problem} />
    </Banner>
  )
}

function Sheet({ children }: { children: React.ReactNode }) {
  return <section className="rounded-md border bg-surface">{children}</section>
}

function Lines({ search, tail }: { search: LogSearch; tail: Tail }) {
  const { t } = useLingui()
  const following = useFollowing(tail.entries)
  const { shown, paused, waiting, resume } = following
  const narrowed = Boolean(search.level || search.text)
  if (tail.problem && shown.length === 0) return null
  return (
    <>
      <Toolbar search={search} following={following} />
      <Sheet>
        {shown.length === 0 ? (
          <EmptyState title={narrowed ? t`No line matches` : t`The log is empty`}>
            {narrowed
              ? t`Among the newest lines there is none. Lines that match appear here as they are written.`
              : t`Lines appear here as fail2ban writes them.`}
          </EmptyState>
        ) : (
          <LogList entries={shown} following={!paused} find={search.text} trimmed={tail.trimmed} />
        )}
      </Sheet>
      {waiting > 0 ? (
        <Button tone="primary" className="sticky bottom-3 z-20 self-center" onClick={resume}>
          <Icon name="down" />
          <Plural value={waiting} one="# new line" other="# new lines" />
        </Button>
      ) : null}
    </>
  )
}

/** Which lines, and whether they are followed. It stays in sight: a log is read at its end. */
function Toolbar({ search, following: { paused, pause, resume } }: { search: LogSearch; following: Following }) {
  const { t } = useLingui()
  const navigate = logRoute.useNavigate()
  const levels = useLevelOptions()
  const change = (part: LogSearch) => void navigate({ search: { ...search, ...part }, replace: true })
  return (
    <div className="sticky top-0 z-20 -mx-3 -my-1 flex flex-wrap items-center gap-2 bg-bg px-3 py-2 sm:-mx-4 sm:px-4">
      <QuickFilter
        label={t`Filter by text`}
        placeholder={t`Text in the line`}
        value={search.text ?? ''}
        onChange={(text) => change({ text: text || undefined })}
      />
      <Select
        className="w-44"
        aria-label={t`Level`}
        value={search.level ?? 'debug'}
        options={levels}
        onChange={(level) => change({ level: level === 'debug' ? undefined : level })}
      />
      <div className="ml-auto flex items-center gap-2">
        <span role="status">
          <Badge tone={paused ? 'warning' : 'good'}>{paused ? t`paused` : t`following`}</Badge>
        </span>
        <Button size="sm" onClick={paused ? resume : pause}>
          <Icon name={paused ? 'play' : 'pause'} />
          {paused ? <Trans>Follow</Trans> : <Trans>Pause</Trans>}
        </Button>
      </div>
    </div>
  )
}
