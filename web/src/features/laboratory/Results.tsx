import { Trans, useLingui } from '@lingui/react/macro'
import { useMemo } from 'react'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Icon } from '@/components/Icon'
import { Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { HostileText, Num } from '@/components/Text'
import { ConfigProblem } from '@/features/config/ConfigProblem'
import { cx } from '@/lib/cx'
import type { LaboratorySearch } from '@/routes/laboratory'
import { RegexList } from './RegexList'
import { TestedLines } from './TestedLines'
import type { Missing, RegexReport, TestedLine } from './test-request'
import type { Running } from './use-regex-test'

type Shown = LaboratorySearch['show']

type ResultsProps = {
  running: Running
  search: LaboratorySearch
  change: (part: Partial<LaboratorySearch>) => void
  onKeep?: (line: TestedLine) => void
}

/** What the test found, or what is missing for one. */
export function Results({ running, search, change, onKeep }: ResultsProps) {
  const { report, problem, missing, stale, busy, again, stop } = running
  if (missing) return <Nothing missing={missing} />
  return (
    <>
      {problem ? <ConfigProblem problem={problem} onRetry={again} /> : null}
      {report?.refused ? <Refused text={report.refused} /> : null}
      {report ? (
        <div className={cx('transition-opacity', stale && 'opacity-60')} aria-busy={busy}>
          <Report report={report} running={running} search={search} change={change} onKeep={onKeep} />
        </div>
      ) : problem ? null : (
        <Panel
          title={<Trans>Testing…</Trans>}
          actions={
            <Button size="sm" onClick={busy ? stop : again}>
              {busy ? <Trans>Stop the test</Trans> : <Trans>Test again</Trans>}
            </Button>
          }
        >
          <SkeletonRows rows={6} />
        </Panel>
      )}
    </>
  )
}

type ReportProps = Omit<ResultsProps, 'running'> & { report: RegexReport; running: Running }

function Report({ report, running, search, change, onKeep }: ReportProps) {
  const { t } = useLingui()
  const { show, regex } = search
  const lines = useMemo(() => report.lines.filter((line) => fits(line, show)), [report, show])
  const told = report.lines.length
  return (
    <Panel
      title={<Totals report={report} show={show} onShow={(next) => change({ show: next })} />}
      actions={
        <span className="flex items-center gap-2 text-sm text-muted">
          <span role="status">
            {running.busy ? (
              <Trans>Testing…</Trans>
            ) : (
              <Trans>
                in <Num value={report.milliseconds} /> ms
              </Trans>
            )}
          </span>
          <Button size="sm" onClick={running.busy ? running.stop : running.again}>
            <Icon name={running.busy ? 'stop' : 'refresh'} />
            {running.busy ? <Trans>Stop the test</Trans> : <Trans>Test again</Trans>}
          </Button>
        </span>
      }
    >
      {report.linesCut ? (
        <Banner
          tone="warning"
          className="m-2"
          title={
            <Trans>
              Only <Num value={told} /> of <Num value={report.total} /> lines are shown, matched ones first. The counts
              are of all.
            </Trans>
          }
        />
      ) : null}
      <div className="grid items-start min-[75rem]:grid-cols-[minmax(0,1fr)_26rem]">
        <div className="min-w-0 min-[75rem]:order-2">
          <RegexList report={report} chosen={regex} onChoose={(key) => change({ regex: key })} />
        </div>
        <div className="min-w-0">
          {lines.length > 0 ? (
            <TestedLines
              lines={lines}
              chosen={regex}
              onRegex={(key) => change({ regex: key === regex ? undefined : key })}
              onKeep={onKeep}
            />
          ) : (
            <EmptyState title={told === 0 ? t`There are no lines` : t`No line is like this`}>
              {told === 0 ? t`The source is empty, or holds nothing that fits.` : t`Choose “all” to see the others.`}
            </EmptyState>
          )}
        </div>
      </div>
    </Panel>
  )
}

/** Why fail2ban does not take it, in its own words. */
export function Refused({ text }: { text: string }) {
  return (
    <Banner tone="danger" role="alert" title={<Trans>fail2ban does not take this</Trans>}>
      <span lang="en" className="font-mono whitespace-pre-wrap">
        {text.split('\n').map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of one unchanging text.
          <span key={index} className="block break-all">
            <HostileText text={line} />
          </span>
        ))}
      </span>
    </Banner>
  )
}

function fits(line: TestedLine, show: Shown): boolean {
  if (show === undefined) return true
  return show === 'timeless' ? !line.time : line.outcome === show
}

type TotalsProps = { report: RegexReport; show: Shown; onShow: (show: Shown) => void }

/** How many of each there are; a click shows only those. */
function Totals({ report, show, onShow }: TotalsProps) {
  const { t } = useLingui()
  const all: { id: Shown; word: string; count: number }[] = [
    { id: undefined, word: t`all`, count: report.total },
    { id: 'matched', word: t`matched`, count: report.matched },
    { id: 'ignored', word: t`ignored`, count: report.ignored },
    ...(report.context > 0 ? [{ id: 'context' as const, word: t`context`, count: report.context }] : []),
    { id: 'missed', word: t`missed`, count: report.missed },
    { id: 'timeless', word: t`no time understood`, count: report.withoutTime },
  ]
  return (
    <fieldset className="flex flex-wrap gap-1.5 py-0.5 font-normal" aria-label={t`Which lines`}>
      {all.map(({ id, word, count }) => (
        <Button
          key={word}
          size="sm"
          tone={id === show ? 'chosen' : 'default'}
          aria-pressed={id === show}
          className="font-normal"
          onClick={() => onShow(id === show ? undefined : id)}
        >
          <strong className={cx('font-semibold', id === 'timeless' && count > 0 && 'text-warning')}>
            <Num value={count} />
          </strong>
          {word}
        </Button>
      ))}
    </fieldset>
  )
}

function Nothing({ missing }: { missing: Missing }) {
  const { t } = useLingui()
  const next: Record<Missing, string> = {
    filter: t`Choose a filter.`,
    parameters: t`The parameters cannot be read.`,
    text: t`The text of the filter is being loaded.`,
    regexes: t`Write an expression.`,
    lines: t`Paste lines of a log.`,
    path: t`Name a log file.`,
    journal: t`Say which entries of the journal.`,
  }
  return (
    <Panel>
      <EmptyState title={<span role="status">{next[missing]}</span>}>
        <Trans>
          The real fail2ban-regex then tests each line as you type, and shows what matched, whom it would count against
          and what it missed. Nothing is changed.
        </Trans>
      </EmptyState>
    </Panel>
  )
}
