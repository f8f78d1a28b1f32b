import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Navigate, useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { ApiProblem, type Schemas } from '@/api/client'
import { keys } from '@/api/queries'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { toast } from '@/components/toasts'
import { cx } from '@/lib/cx'
import { OuterFrame } from '@/shell/OuterFrame'
import { ConnectionStep } from './ConnectionStep'
import { type Draft, EMPTY, type StepId } from './draft'
import { PasswordStep } from './PasswordStep'
import { completeSetup, setupQuery } from './queries'
import { SessionsStep } from './SessionsStep'
import { SummaryStep } from './SummaryStep'
import { TokenStep } from './TokenStep'

/** The first start: from nobody to an account and a connection. */
export function SetupPage() {
  const { t } = useLingui()
  const setup = useQuery(setupQuery(''))
  useEffect(() => {
    document.title = `${t`Set up`} · BanGUI`
  }, [t])
  if (setup.data?.completed) return <Navigate to="/sign-in" search={{}} replace />
  return (
    <OuterFrame title={t`Set up BanGUI`} wide>
      {setup.error ? (
        <ProblemNote problem={ApiProblem.from(setup.error)} onRetry={() => void setup.refetch()} />
      ) : setup.data ? (
        <Wizard tokenRequired={setup.data.tokenRequired} defaults={setup.data.defaults ?? null} />
      ) : (
        <SkeletonRows rows={4} />
      )}
    </OuterFrame>
  )
}

type Defaults = Schemas['SetupStatus']['defaults']

function withDefaults(draft: Draft, defaults: Defaults): Draft {
  if (!defaults) return draft
  return {
    ...draft,
    idleSeconds: defaults.sessionIdleSeconds,
    absoluteSeconds: defaults.sessionAbsoluteSeconds,
    socket: draft.socket ?? defaults.socket,
  }
}

function Wizard({ tokenRequired, defaults }: { tokenRequired: boolean; defaults: Defaults }) {
  const { t } = useLingui()
  const router = useRouter()
  const queryClient = useQueryClient()
  const steps: StepId[] = [
    ...(tokenRequired ? (['token'] as const) : []),
    'password',
    'connection',
    'sessions',
    'summary',
  ]
  const [at, setAt] = useState(0)
  const [draft, setDraft] = useState(() => withDefaults(EMPTY, defaults))
  const body = useRef<HTMLDivElement>(null)
  const step = steps[at] ?? 'summary'
  const change = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }))
  const next = () => setAt((now) => Math.min(now + 1, steps.length - 1))
  const back = at > 0 ? () => setAt(at - 1) : undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step begins at its first field.
  useEffect(() => {
    body.current?.querySelector<HTMLElement>('[data-autofocus], h2')?.focus()
  }, [step])

  async function finish() {
    await completeSetup(draft.token, {
      password: draft.password,
      timeZone: draft.timeZone,
      sessionIdleSeconds: draft.idleSeconds,
      sessionAbsoluteSeconds: draft.absoluteSeconds,
      socket: draft.socket,
    })
    queryClient.removeQueries({ queryKey: keys.setup })
    toast({ text: t`BanGUI is set up. Sign in as admin.` })
    await router.navigate({ to: '/sign-in', search: {}, replace: true })
  }

  const shared = { draft, change, onNext: next, onBack: back }
  return (
    <div ref={body}>
      <Steps steps={steps} at={at} />
      {step === 'token' ? (
        <TokenStep {...shared} onToken={(token, found) => setDraft((now) => withDefaults({ ...now, token }, found))} />
      ) : step === 'password' ? (
        <PasswordStep {...shared} />
      ) : step === 'connection' ? (
        <ConnectionStep {...shared} />
      ) : step === 'sessions' ? (
        <SessionsStep {...shared} />
      ) : (
        <SummaryStep {...shared} onFinish={finish} onEdit={(to) => setAt(steps.indexOf(to))} />
      )}
    </div>
  )
}

function Steps({ steps, at }: { steps: StepId[]; at: number }) {
  const labels: Record<StepId, ReactNode> = {
    token: <Trans>Token</Trans>,
    password: <Trans>Password</Trans>,
    connection: <Trans>fail2ban</Trans>,
    sessions: <Trans>Time and sessions</Trans>,
    summary: <Trans>Summary</Trans>,
  }
  return (
    <ol className="mb-5 flex gap-1.5 text-xs text-muted">
      {steps.map((step, index) => (
        <li
          key={step}
          aria-current={index === at ? 'step' : undefined}
          className={cx(
            'min-w-0 flex-1 border-t-2 pt-1.5',
            index <= at ? 'border-accent' : 'border-line',
            index === at ? 'font-medium text-fg' : 'max-sm:text-transparent',
          )}
        >
          <span className="whitespace-nowrap">{labels[step]}</span>
        </li>
      ))}
    </ol>
  )
}
