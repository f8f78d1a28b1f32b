import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useState } from 'react'
import { ApiProblem } from '@/api/problem'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { Field } from '@/components/Field'
import { SkeletonRows } from '@/components/Skeleton'
import { HostileText } from '@/components/Text'
import { visible } from '@/lib/hostile'
import { ConfigProblem } from '../ConfigProblem'
import { ConfirmTime } from '../ConfirmTime'
import { FindingsOfChange } from '../Findings'
import { type Row, rowsOf } from '../fields/rows'
import { ValueField } from '../fields/ValueField'
import { faultOf } from '../fields/values'
import { itemQuery, planQuery } from '../queries'
import { ApplyResult, Steps } from '../review/ApplyProgress'
import { LogChecks } from '../review/PlanView'
import { useApply } from '../review/use-apply'
import { RISK_WORDS } from '../review/words'
import { useSpecs } from '../translated/words'
import { useTray } from '../tray/use-tray'
import type { Change, Plan } from '../types'

const PasswordOnce = lazy(() => import('../review/PasswordOnce'))

/** What one most often wants to say differently when a jail begins. */
const OVERRIDES = ['logpath', 'port', 'maxretry', 'findtime', 'bantime']
const PAUSE_MS = 500

/** Enabling a jail: what it would read and find, a few values, and the button. Choose, check, apply: three clicks. */
export default function EnableDialog({ jail, onClose }: { jail: string; onClose: () => void }) {
  const { t, i18n } = useLingui()
  const tray = useTray()
  const item = useQuery(itemQuery('jail', jail))
  const specs = useSpecs()
  const [overrides, setOverrides] = useState<Record<string, string>>({})
  const change = useMemo<Change>(() => ({ change: 'enable', jail, overrides }), [jail, overrides])
  const settled = useSettled(change)
  const plan = useQuery({ ...planQuery([settled]), placeholderData: (before) => before })
  const applying = useApply()
  const { stage } = applying
  const busy = stage.at === 'running'
  const done = stage.at === 'done' && stage.report.inForce
  const rows = useMemo(
    () =>
      rowsOf(item.data?.options ?? [], specs.data ?? [], 'jail').filter((row) => OVERRIDES.includes(row.option.name)),
    [item.data, specs.data],
  )
  const faulty = rows.some((row) => faultOf(row.kind, overrides[row.option.name] ?? '') !== null)
  const current = settled === change && !plan.isFetching ? plan.data : undefined
  const apply = (ready: Plan) =>
    applying.apply({ changes: [change], hash: ready.hash, base: ready.base, note: '', confirm: false })
  function setOverride(row: Row, value: string) {
    const { [row.option.name]: _, ...rest } = overrides
    setOverrides(value === (row.option.value ?? '') ? rest : { ...rest, [row.option.name]: value })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`Enable ${visible(jail)}`}
      size="lg"
      locked={busy}
      footer={
        done ? (
          <Button tone="primary" data-autofocus onClick={onClose}>
            <Trans>Close</Trans>
          </Button>
        ) : (
          <>
            <Button disabled={busy} onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
            <Button
              disabled={busy || faulty}
              onClick={() => {
                tray.add(change)
                onClose()
              }}
            >
              <Trans>Collect with other edits</Trans>
            </Button>
            <Button
              tone="primary"
              busy={busy}
              disabled={!current?.applicable || faulty}
              onClick={() => current && void apply(current)}
            >
              <Trans>Apply</Trans>
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-3">
        {busy ? <Steps steps={applying.steps} finished={false} /> : null}
        {stage.at === 'failed' ? <ConfigProblem problem={stage.problem} onRetry={applying.reset} /> : null}
        {stage.at === 'done' ? (
          <>
            <ApplyResult report={stage.report} inDialog />
            <Steps steps={stage.report.steps} finished />
          </>
        ) : null}
        {busy || done ? null : (
          <>
            <Check
              about={[`jail/${jail}`, `filter/${item.data?.summary.filter ?? jail}`]}
              plan={plan.data}
              error={plan.error}
              onRetry={() => void plan.refetch()}
            />
            {current && current.risks.length > 0 ? (
              <p className="text-sm text-muted">
                <Trans>
                  Has to be confirmed within <ConfirmTime /> after applying:
                </Trans>{' '}
                {current.risks.map((risk) => i18n._(RISK_WORDS[risk])).join(' ')}
              </p>
            ) : null}
            {item.error ? <ConfigProblem problem={ApiProblem.from(item.error)} /> : null}
            {rows.map((row) => {
              const { option, kind, spec } = row
              const value = overrides[option.name] ?? option.value ?? ''
              const fault = faultOf(kind, value)
              return (
                <Field
                  key={option.name}
                  label={<HostileText text={option.name} className="font-mono" />}
                  error={fault ? i18n._(fault) : undefined}
                  hint={spec ? <span lang={spec.helpLang}>{spec.help}</span> : undefined}
                >
                  {(field) => (
                    <ValueField
                      field={field}
                      kind={kind}
                      value={value}
                      unit={spec?.unit}
                      inherited={!(option.name in overrides)}
                      onChange={(next) => setOverride(row, next)}
                    />
                  )}
                </Field>
              )
            })}
          </>
        )}
      </div>
      <Suspense>
        {stage.at === 'password' ? (
          <PasswordOnce onClose={applying.reset} onProven={() => void applying.apply(stage.order)} />
        ) : null}
      </Suspense>
    </Dialog>
  )
}

type CheckProps = { plan: Plan | undefined; about: readonly string[]; error: unknown; onRetry: () => void }

function Check({ plan, about, error, onRetry }: CheckProps) {
  if (error) return <ConfigProblem problem={ApiProblem.from(error)} onRetry={onRetry} />
  if (!plan) {
    return (
      <div className="rounded-md border">
        <p className="border-b px-3 py-1.5 text-sm text-muted">
          <Trans>Looking at its log, and checking it with fail2ban…</Trans>
        </p>
        <SkeletonRows rows={2} />
      </div>
    )
  }
  return (
    <div className="divide-y rounded-md border">
      {plan.logChecks.length > 0 ? <LogChecks checks={plan.logChecks} /> : null}
      {plan.findings.length > 0 ? <FindingsOfChange findings={plan.findings} about={about} /> : null}
      {plan.logChecks.length === 0 && plan.findings.length === 0 ? (
        <p className="px-3 py-2 text-sm text-muted">
          <Trans>Nothing speaks against it.</Trans>
        </p>
      ) : null}
    </div>
  )
}

/** A value once nobody types for a moment; the first one at once. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return useDeferredValue(settled)
}
