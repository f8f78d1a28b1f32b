import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { ApiProblem } from '@/api/problem'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/Dialog'
import { EmptyState } from '@/components/EmptyState'
import { Field, Input } from '@/components/Field'
import { Icon } from '@/components/Icon'
import { PageHeader, Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { Checkbox } from '@/components/Toggle'
import { visible } from '@/lib/hostile'
import { ConfigNav } from '../ConfigNav'
import { ConfigProblem } from '../ConfigProblem'
import { ConfirmTime } from '../ConfirmTime'
import { useConfigChanging } from '../changing'
import { planQuery, stateQuery } from '../queries'
import { EditPlace, EditWords } from '../tray/EditWords'
import { type Tray, useTray } from '../tray/use-tray'
import type { ApplyOrder, Plan } from '../types'
import { ApplyResult, Steps } from './ApplyProgress'
import { PlanView } from './PlanView'
import { type Applying, useApply } from './use-apply'

const PasswordOnce = lazy(() => import('./PasswordOnce'))
const LONGEST_NOTE = 500

/** All that waits in the tray as one plan: seen, applied, and what came of it. */
export function ReviewPage() {
  const { t } = useLingui()
  const tray = useTray()
  const applying = useApply()
  const { stage } = applying
  const [discarding, setDiscarding] = useState(false)
  const fresh = tray.edits.length > 0 && stage.at !== 'running' && stage.at !== 'password'
  return (
    <>
      <PageHeader
        title={t`Review`}
        meta={
          tray.edits.length > 0 ? (
            <span className="text-sm text-muted">
              <Plural value={tray.edits.length} one="# edit" other="# edits" />
            </span>
          ) : null
        }
        actions={
          tray.edits.length > 0 ? (
            <Button disabled={stage.at === 'running'} onClick={() => setDiscarding(true)}>
              <Trans>Discard all…</Trans>
            </Button>
          ) : null
        }
      />
      <ConfigNav />
      <Outcome applying={applying} />
      {tray.edits.length > 0 ? (
        <Panel title={<Trans>Edits</Trans>}>
          <Edits tray={tray} locked={!fresh} />
        </Panel>
      ) : stage.at === 'ready' || stage.at === 'failed' ? (
        <Panel>
          <NothingHere />
        </Panel>
      ) : null}
      {tray.edits.length > 0 ? <Planned tray={tray} applying={applying} /> : null}
      <ConfirmDialog
        open={discarding}
        onClose={() => setDiscarding(false)}
        title={t`Discard all edits`}
        verb={t`Discard all edits`}
        danger
        onConfirm={async () => tray.discard()}
      >
        <Trans>
          What you have edited and not applied is gone then:{' '}
          <Plural value={tray.edits.length} one="# edit" other="# edits" />. fail2ban’s files stay as they are.
        </Trans>
      </ConfirmDialog>
    </>
  )
}

function NothingHere() {
  return (
    <EmptyState
      title={<Trans>Nothing waits to be reviewed.</Trans>}
      action={
        <Link to="/config" className="text-accent underline">
          <Trans>To the configuration</Trans>
        </Link>
      }
    >
      <Trans>
        What you edit in jails, filters and actions collects here, and nothing is written before you apply it.
      </Trans>
    </EmptyState>
  )
}

function Edits({ tray, locked }: { tray: Tray; locked: boolean }) {
  const { t } = useLingui()
  return (
    <ul className="divide-y">
      {tray.edits.map(({ key, change, before }) => (
        <li key={key} className="flex items-center gap-2 px-3 py-1">
          <span className="min-w-0 flex-1 break-words">
            <span className="font-medium">
              <EditPlace change={change} />
            </span>
            {': '}
            <EditWords change={change} before={before} />
          </span>
          <Button
            tone="ghost"
            size="sm"
            square
            disabled={locked}
            aria-label={t`Take this edit out: ${visible(key)}`}
            title={t`Take this edit out`}
            onClick={() => tray.remove(key)}
          >
            <Icon name="close" />
          </Button>
        </li>
      ))}
    </ul>
  )
}

/** How far applying is, and what came of it. */
function Outcome({ applying: { stage, steps, reset } }: { applying: Applying }) {
  if (stage.at === 'running') {
    return (
      <Panel title={<Trans>Applying…</Trans>}>
        <Steps steps={steps} finished={false} />
      </Panel>
    )
  }
  if (stage.at === 'failed') return <ConfigProblem problem={stage.problem} onRetry={reset} />
  if (stage.at !== 'done') return null
  return (
    <>
      <ApplyResult report={stage.report} />
      <Panel title={<Trans>What was done</Trans>}>
        <Steps steps={stage.report.steps} finished />
      </Panel>
    </>
  )
}

function Planned({ tray, applying }: { tray: Tray; applying: Applying }) {
  const plan = useQuery({ ...planQuery(tray.changes), refetchOnMount: 'always' })
  if (plan.error) return <ConfigProblem problem={ApiProblem.from(plan.error)} onRetry={() => void plan.refetch()} />
  if (!plan.data) {
    return (
      <Panel title={<Trans>Making the plan, and checking it with fail2ban…</Trans>}>
        <SkeletonRows rows={6} />
      </Panel>
    )
  }
  return (
    <>
      <PlanView plan={plan.data} />
      <ApplyBar
        plan={plan.data}
        making={plan.isFetching}
        tray={tray}
        applying={applying}
        onStale={() => void plan.refetch()}
      />
    </>
  )
}

type ApplyBarProps = { plan: Plan; making: boolean; tray: Tray; applying: Applying; onStale: () => void }

/** Why, and the button. */
function ApplyBar({ plan, making, tray, applying, onStale }: ApplyBarProps) {
  const { t } = useLingui()
  const { allowed, reason } = useConfigChanging()
  const forbidden = useQuery(stateQuery).data?.commandsForbidden ?? false
  const [note, setNote] = useState('')
  const [confirm, setConfirm] = useState(false)
  const { stage, apply, reset } = applying
  const busy = stage.at === 'running'
  const blocked = !plan.applicable
  const order = { changes: tray.changes, hash: plan.hash, base: plan.base, note: note.trim(), confirm }
  async function go(wanted: ApplyOrder = order) {
    const report = await apply(wanted)
    if (report?.inForce) tray.discard()
    else onStale()
  }
  return (
    <div className="sticky bottom-0 z-10 flex flex-col gap-2 rounded-md border border-edge bg-surface px-3 py-2.5">
      {plan.runsCommands ? (
        <Banner tone="warning" title={<Trans>This can run commands as root.</Trans>}>
          {forbidden ? (
            <Trans>Whoever runs this machine has forbidden that in the settings of BanGUI: it cannot be applied.</Trans>
          ) : (
            <Trans>Look at each line of it. Applying asks for your password once more.</Trans>
          )}
        </Banner>
      ) : null}
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <Field label={t`Why (for the list of versions)`} className="min-w-0 flex-1 basis-64">
          {(field) => (
            <Input
              {...field}
              maxLength={LONGEST_NOTE}
              autoComplete="off"
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        {plan.risks.length > 0 ? (
          <p className="pb-1.5 text-sm text-warning">
            <Trans>
              Has to be confirmed within <ConfirmTime />
            </Trans>
          </p>
        ) : (
          <Checkbox
            className="pb-1.5"
            label={t`Take it back unless I confirm`}
            checked={confirm}
            onChange={setConfirm}
          />
        )}
        <Button
          tone="primary"
          busy={busy}
          disabled={!allowed || blocked || making || (plan.runsCommands && forbidden)}
          title={reason}
          onClick={() => void go()}
        >
          <Plural value={tray.edits.length} one="Apply # edit" other="Apply # edits" />
        </Button>
      </div>
      {blocked ? (
        <p className="text-sm text-danger">
          {plan.files.length === 0 ? (
            <Trans>Nothing would change: the files say all of this already.</Trans>
          ) : (
            <Trans>It has errors, so nothing is written. Mend them first.</Trans>
          )}
        </p>
      ) : null}
      {reason ? <p className="text-sm text-muted">{reason}</p> : null}
      <Suspense>
        {stage.at === 'password' ? <PasswordOnce onClose={reset} onProven={() => void go(stage.order)} /> : null}
      </Suspense>
    </div>
  )
}
