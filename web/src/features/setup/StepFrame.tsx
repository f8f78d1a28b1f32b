import { Trans } from '@lingui/react/macro'
import type { FormEvent, ReactNode } from 'react'
import { Button } from '@/components/Button'
import type { Draft } from './draft'

export type StepProps = {
  draft: Draft
  change: (part: Partial<Draft>) => void
  onNext: () => void
  onBack?: () => void
}

type StepFrameProps = {
  title: ReactNode
  intro?: ReactNode
  children: ReactNode
  onSubmit: () => void
  onBack?: () => void
  verb?: ReactNode
  busy?: boolean
  blocked?: boolean
}

/** One step: what it is about, its fields, back and on. */
export function StepFrame({ title, intro, children, onSubmit, onBack, verb, busy, blocked }: StepFrameProps) {
  function submit(event: FormEvent) {
    event.preventDefault()
    if (!busy && !blocked) onSubmit()
  }
  return (
    <form className="flex flex-col gap-4" noValidate onSubmit={submit}>
      <div>
        <h2 tabIndex={-1} className="text-lg font-semibold">
          {title}
        </h2>
        {intro ? <div className="mt-1 text-muted">{intro}</div> : null}
      </div>
      {children}
      <div className="flex justify-between gap-2 border-t pt-4">
        {onBack ? (
          <Button onClick={onBack} disabled={busy}>
            <Trans>Back</Trans>
          </Button>
        ) : (
          <span />
        )}
        <Button type="submit" tone="primary" busy={busy} disabled={blocked}>
          {verb ?? <Trans>Continue</Trans>}
        </Button>
      </div>
    </form>
  )
}
