import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem, api, type Schemas } from '@/api/client'
import { keys } from '@/api/queries'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { PageHeader, Panel } from '@/components/PageHeader'
import { ProblemNote, useProblemTitle } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { Table, Td, Th, ThActions, Tr } from '@/components/Table'
import { Duration, HostileText, Num, Time, TimeLeft } from '@/components/Text'
import { toast } from '@/components/toasts'
import { useZone } from '@/lib/zone'
import { useRank } from '@/shell/session'
import { TASKS } from './names'
import { tasksQuery } from './queries'

/** Between cards and a table that has room for all, the least of the columns gives way. */
const LEAST = 'sm:max-md:hidden'

const MINUTE = 60
const HOUR = 60 * MINUTE

type Task = Schemas['TaskBody']
type Run = Schemas['TaskRunBody']

/** What runs on a schedule: when, how it last went, and a way to have it run at once. */
export function TasksPage() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(tasksQuery)
  const zone = useZone()
  return (
    <>
      <PageHeader
        title={t`Tasks`}
        meta={
          <span className="text-sm text-muted">
            <Trans>Times of day are those of {zone}.</Trans>
          </span>
        }
      />
      {error ? <ProblemNote problem={ApiProblem.from(error)} onRetry={() => void refetch()} /> : null}
      {error && !data ? null : <Panel>{data ? <TaskTable items={data.items} /> : <SkeletonRows rows={5} />}</Panel>}
    </>
  )
}

function TaskTable({ items }: { items: Task[] }) {
  const { t } = useLingui()
  const mayRun = useRank()('admin')
  return (
    <Table label={t`Tasks`}>
      <thead>
        <Tr>
          <Th>{t`Task`}</Th>
          <Th>{t`When`}</Th>
          <Th>{t`Last run`}</Th>
          <Th num className={LEAST}>{t`Took`}</Th>
          <Th>{t`Result`}</Th>
          <Th>{t`Next in`}</Th>
          {mayRun ? <ThActions /> : null}
        </Tr>
      </thead>
      <tbody>
        {items.map((task) => (
          <Tr key={task.name}>
            <Td className="py-1">
              <TaskName name={task.name} />
            </Td>
            <Td label={t`When`}>
              <span className="xl:whitespace-nowrap">
                <When schedule={task.schedule} />
              </span>
            </Td>
            <Td label={t`Last run`}>{task.last ? <LastRun run={task.last} /> : '–'}</Td>
            <Td label={t`Took`} num className={LEAST}>
              {task.last ? <Took millis={task.last.tookMs} /> : '–'}
            </Td>
            <Td label={t`Result`} className="py-1">
              {task.last ? <Result task={task} run={task.last} /> : '–'}
            </Td>
            <Td label={t`Next in`}>
              {task.runningSince ? (
                <Badge tone="accent">{t`runs now`}</Badge>
              ) : task.nextAt ? (
                <TimeLeft until={task.nextAt} />
              ) : (
                '–'
              )}
            </Td>
            {mayRun ? (
              <Td className="text-right max-sm:pt-1">
                <RunNow task={task} />
              </Td>
            ) : null}
          </Tr>
        ))}
      </tbody>
    </Table>
  )
}

function TaskName({ name }: { name: string }) {
  const { i18n } = useLingui()
  const words = TASKS[name]
  if (!words) return <span className="font-mono">{name}</span>
  return (
    <span className="flex max-w-96 flex-col xl:min-w-72">
      <span className="font-medium">{i18n._(words.title)}</span>
      <span className="text-sm text-muted">{i18n._(words.does)}</span>
    </span>
  )
}

function When({ schedule }: { schedule: Task['schedule'] }) {
  const { t } = useLingui()
  const days = {
    monday: t`Mondays`,
    tuesday: t`Tuesdays`,
    wednesday: t`Wednesdays`,
    thursday: t`Thursdays`,
    friday: t`Fridays`,
    saturday: t`Saturdays`,
    sunday: t`Sundays`,
  }
  switch (schedule.kind) {
    case 'every':
      if (schedule.seconds === MINUTE) return <Trans>every minute</Trans>
      if (schedule.seconds === HOUR) return <Trans>every hour</Trans>
      return (
        <Trans>
          every <Duration seconds={schedule.seconds} />
        </Trans>
      )
    case 'daily':
      return <Trans>daily at {schedule.at}</Trans>
    case 'weekly': {
      const day = days[schedule.day]
      return (
        <Trans>
          {day} at {schedule.at}
        </Trans>
      )
    }
  }
}

function LastRun({ run }: { run: Run }) {
  return (
    <span className="flex flex-col">
      <Time at={run.beganAt} />
      {run.cause === 'missed' ? (
        <span className="text-sm text-muted">
          <Trans>caught up after a stop</Trans>
        </span>
      ) : null}
      {run.cause === 'person' ? (
        <span className="text-sm wrap-anywhere text-muted">
          <Trans>ordered by {run.by}</Trans>
        </span>
      ) : null}
    </span>
  )
}

function Took({ millis }: { millis: number }) {
  if (millis >= 1_000) return <Duration seconds={Math.round(millis / 1_000)} />
  return <span className="whitespace-nowrap">{millis < 1 ? '< 1' : <Num value={millis} />} ms</span>
}

function Result({ task, run }: { task: Task; run: Run }) {
  const { t, i18n } = useLingui()
  const counted = TASKS[task.name]?.counted
  switch (run.outcome) {
    case 'done':
      return (
        <span className="inline-flex flex-wrap items-center gap-x-2">
          <Badge tone="good">{t`done`}</Badge>
          {run.count ? (
            <span className="text-sm whitespace-nowrap">
              {counted ? i18n._(counted(run.count)) : <Num value={run.count} />}
            </span>
          ) : null}
        </span>
      )
    case 'failed':
      return (
        <span className="inline-flex flex-wrap items-center gap-x-2">
          <Badge tone="danger">{t`failed`}</Badge>
          {run.problem ? (
            <span className="text-sm wrap-anywhere" lang="en">
              <HostileText text={run.problem} />
            </span>
          ) : null}
        </span>
      )
    case 'tookTooLong':
      return (
        <span className="inline-flex flex-wrap items-center gap-x-2">
          <Badge tone="warning">{t`ended`}</Badge>
          <span className="text-sm">
            <Trans>
              It took longer than <Duration seconds={task.limitSeconds} />.
            </Trans>
          </span>
        </span>
      )
  }
}

function RunNow({ task }: { task: Task }) {
  const { t, i18n } = useLingui()
  const problemTitle = useProblemTitle()
  const queryClient = useQueryClient()
  const [busy, setBusy] = useState(false)
  const words = TASKS[task.name]
  const title = words ? i18n._(words.title) : task.name
  async function run() {
    setBusy(true)
    try {
      await api.POST('/api/v1/tasks/{name}/run', { params: { path: { name: task.name } }, body: {} })
      toast({ text: t`It begins: ${title}` })
    } catch (error) {
      toast({ text: problemTitle(ApiProblem.from(error)), tone: 'danger' })
    } finally {
      setBusy(false)
      await queryClient.invalidateQueries({ queryKey: keys.tasks })
    }
  }
  return (
    <Button
      size="sm"
      busy={busy}
      disabled={task.runningSince !== null}
      onClick={() => void run()}
      aria-label={t`Run now: ${title}`}
    >
      <Trans>Run now</Trans>
    </Button>
  )
}
