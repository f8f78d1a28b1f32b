import { Trans, useLingui } from '@lingui/react/macro'
import { type ReactNode, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { Button } from '@/components/Button'
import { ProblemNote } from '@/components/ProblemNote'
import { Duration, HostileText } from '@/components/Text'
import type { StepId } from './draft'
import { StepFrame, type StepProps } from './StepFrame'

type SummaryStepProps = StepProps & { onFinish: () => Promise<void>; onEdit: (step: StepId) => void }

export function SummaryStep({ draft, onBack, onFinish, onEdit }: SummaryStepProps) {
  const { t } = useLingui()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  async function finish() {
    setBusy(true)
    setProblem(null)
    try {
      await onFinish()
    } catch (error) {
      setProblem(ApiProblem.from(error))
      setBusy(false)
    }
  }
  return (
    <StepFrame
      title={<Trans>Summary</Trans>}
      intro={<Trans>Nothing has been saved yet.</Trans>}
      verb={busy ? <Trans>Setting up…</Trans> : <Trans>Set up BanGUI</Trans>}
      busy={busy}
      onBack={onBack}
      onSubmit={finish}
    >
      <dl className="overflow-clip rounded-md border">
        <Row label={t`Account`} onEdit={() => onEdit('password')}>
          <code className="font-mono">admin</code>
        </Row>
        <Row label={t`fail2ban`} onEdit={() => onEdit('connection')}>
          {draft.socket ? (
            <code className="font-mono break-all">
              <HostileText text={draft.socket} />
            </code>
          ) : (
            <Trans>to be decided later</Trans>
          )}
        </Row>
        <Row label={t`Time zone`} onEdit={() => onEdit('sessions')}>
          {draft.timeZone}
        </Row>
        <Row label={t`Sessions`} onEdit={() => onEdit('sessions')}>
          <Trans>
            end when unused for <Duration seconds={draft.idleSeconds} />, at the latest after{' '}
            <Duration seconds={draft.absoluteSeconds} />
          </Trans>
        </Row>
      </dl>
      {problem ? <ProblemNote problem={problem} /> : null}
    </StepFrame>
  )
}

function Row({ label, onEdit, children }: { label: string; onEdit: () => void; children: ReactNode }) {
  const { t } = useLingui()
  return (
    <div className="flex items-center gap-3 border-b px-3 py-1.5 last:border-0">
      <dt className="w-24 shrink-0 text-sm text-muted">{label}</dt>
      <dd className="min-w-0 flex-1">{children}</dd>
      <dd>
        <Button tone="ghost" size="sm" aria-label={t`Change: ${label}`} onClick={onEdit}>
          <Trans>Change</Trans>
        </Button>
      </dd>
    </div>
  )
}
