import { Trans } from '@lingui/react/macro'
import { type ReactNode, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { ProblemNote } from '@/components/ProblemNote'

type JailDialogProps = {
  title: ReactNode
  /** What will happen, and to what. */
  children: ReactNode
  verb: ReactNode
  danger?: boolean
  /** A first try that has failed already: shown with the verb to try again. */
  failed?: ApiProblem
  /** Closes when it resolves; what it throws is shown with the way to try again. */
  run: () => Promise<unknown>
  onClose: () => void
}

/** Says what will happen, does it, and stays with the reasons when it does not go. */
export function JailDialog({ title, children, verb, danger, failed, run, onClose }: JailDialogProps) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState(failed)
  async function go() {
    setBusy(true)
    setProblem(undefined)
    try {
      await run()
      onClose()
    } catch (error) {
      setProblem(ApiProblem.from(error))
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      locked={busy}
      footer={
        <>
          <Button onClick={onClose} disabled={busy} data-autofocus>
            {problem ? <Trans>Close</Trans> : <Trans>Cancel</Trans>}
          </Button>
          <Button tone={danger ? 'danger' : 'primary'} busy={busy} onClick={go}>
            {problem ? <Trans>Try again</Trans> : verb}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {children}
        {problem ? <ProblemNote problem={problem} /> : null}
        <p role="status" className="sr-only">
          {busy ? <Trans>Under way…</Trans> : null}
        </p>
      </div>
    </Dialog>
  )
}
