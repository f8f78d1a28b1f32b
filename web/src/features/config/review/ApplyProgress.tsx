import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Banner } from '@/components/Banner'
import { Icon } from '@/components/Icon'
import { HostileText, TimeLeft } from '@/components/Text'
import { cx } from '@/lib/cx'
import { formatNumber } from '@/lib/format'
import { ConfirmChoice } from '../ConfirmChoice'
import { Failure } from '../Failure'
import { stateQuery } from '../queries'
import type { ApplyReport, StepState } from '../types'
import { type ShownStep, STEP_WORDS, shownSteps } from './steps'

/** The steps of applying, each as it happens. */
export function Steps({ steps, finished }: { steps: readonly StepState[]; finished: boolean }) {
  const { t } = useLingui()
  return (
    <ol aria-label={t`Steps`} aria-live="polite" className="flex flex-col gap-1 px-3 py-2">
      {shownSteps(steps, finished).map((step) => (
        <StepLine key={step.step} step={step} />
      ))}
    </ol>
  )
}

function StepLine({ step: { step, state, seconds, failed } }: { step: ShownStep }) {
  const { i18n } = useLingui()
  const quiet = state === 'waiting' || state === 'skipped'
  return (
    <li className={cx('grid grid-cols-[1.25rem_1fr_auto] items-start gap-x-2', quiet && 'text-muted')}>
      <span className="flex h-5 items-center justify-center">
        {state === 'done' ? <Icon name="check" className="text-good" /> : null}
        {state === 'failed' ? <Icon name="close" className="text-danger" /> : null}
        {state === 'running' ? (
          <span aria-hidden="true" className="size-2 animate-pulse rounded-full bg-accent" />
        ) : null}
        {quiet ? <span aria-hidden="true" className="size-1.5 rounded-full bg-edge" /> : null}
      </span>
      <div className={cx(state === 'running' && 'font-medium')}>
        {i18n._(STEP_WORDS[step])}
        <span className="sr-only">
          {': '}
          <StateWord state={state} />
        </span>
        {failed ? (
          <div className="text-sm text-danger">
            <Failure why={failed} what={({ steps }) => steps[step]} />
          </div>
        ) : null}
      </div>
      <span className="text-xs text-muted tabular-nums">
        {seconds === null ? null : `${formatNumber(i18n.locale, Math.round(seconds * 10) / 10)} s`}
      </span>
    </li>
  )
}

function StateWord({ state }: { state: ShownStep['state'] }) {
  switch (state) {
    case 'done':
      return <Trans>done</Trans>
    case 'failed':
      return <Trans>failed</Trans>
    case 'running':
      return <Trans>under way</Trans>
    case 'skipped':
      return <Trans>left out</Trans>
    default:
      return <Trans>still to come</Trans>
  }
}

/** What came of applying: in force, waiting to be confirmed, or undone and why. In a dialog it asks itself, as the bar that asks lies behind. */
export function ApplyResult({ report, inDialog = false }: { report: ApplyReport; inDialog?: boolean }) {
  const pending = useQuery(stateQuery).data?.pending
  const waits = pending?.version === report.version
  if (report.inForce) {
    return (
      <Banner
        tone="good"
        role="status"
        title={<Trans>In force, as version {report.version}.</Trans>}
        actions={inDialog && waits ? <ConfirmChoice version={report.version} /> : undefined}
      >
        {report.confirmBy && waits ? (
          <p>
            <Trans>
              It is taken back by itself in <TimeLeft until={report.confirmBy} /> unless it is confirmed: see the bar at
              the top.
            </Trans>
          </p>
        ) : null}
        <p>
          <Trans>Jails that run now: {report.running.length}.</Trans>
        </p>
      </Banner>
    )
  }
  const { undone, failed } = report
  const at = report.steps.find((step) => step.failed)
  const lost = undone?.jailsLost ?? []
  const whole = undone?.filesAreBack === true && lost.length === 0 && !undone.problem
  return (
    <Banner
      tone="danger"
      role="alert"
      title={
        whole ? (
          <Trans>It failed, and everything is as it was before.</Trans>
        ) : undone ? (
          <Trans>It failed, and not everything could be put back.</Trans>
        ) : (
          <Trans>It failed before anything was written.</Trans>
        )
      }
    >
      {failed ? (
        <div className="text-fg">
          <Failure why={failed} what={({ steps, version }) => (at ? steps[at.step] : version)} />
        </div>
      ) : null}
      {whole ? (
        <p>
          <Trans>The old files are in force again, and all jails that ran before run. Your edits are still here.</Trans>
        </p>
      ) : null}
      {lost.length > 0 ? (
        <p>
          <Trans>Jails that do not run any more:</Trans> <HostileText text={lost.join(', ')} className="font-mono" />
        </p>
      ) : null}
      {undone?.problem ? <Failure why={undone.problem} what={({ undo }) => undo} /> : null}
    </Banner>
  )
}
