import { Trans, useLingui } from '@lingui/react/macro'
import { ApiProblem } from '@/api/client'
import { Button } from '@/components/Button'
import { useProblemTitle } from '@/components/ProblemNote'
import { Num } from '@/components/Text'
import { toast } from '@/components/toasts'
import { visible } from '@/lib/hostile'
import { cancelJob, type FollowedJob } from './jobs'

/** How far a job is, and the way to stop it. */
export function JobProgress({ followed }: { followed: FollowedJob }) {
  const { t } = useLingui()
  const title = useProblemTitle()
  const { job, kind, cancelling, lost } = followed
  const jail = visible(followed.jail ?? '')
  const label = kind === 'ban' ? t`Banning in ${jail}` : t`Unbanning`
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">{label}</span>
        <span className="text-muted">
          <Trans>
            <Num value={job.done} /> of <Num value={job.total} />
          </Trans>
        </span>
        {lost ? <span className="text-warning">{title(lost)}</span> : null}
        <Button
          size="sm"
          className="ml-auto"
          busy={cancelling}
          title={t`What is done stays done.`}
          onClick={() => {
            cancelJob(job.id).catch((error: unknown) => toast({ tone: 'danger', text: title(ApiProblem.from(error)) }))
          }}
        >
          {cancelling ? <Trans>Stopping…</Trans> : <Trans>Stop</Trans>}
        </Button>
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={job.total}
        aria-valuenow={job.done}
        className="h-1.5 overflow-hidden rounded-sm bg-line"
      >
        <div
          className="h-full bg-accent-solid"
          style={{ width: `${job.total > 0 ? Math.min(100, (job.done / job.total) * 100) : 0}%` }}
        />
      </div>
    </div>
  )
}
