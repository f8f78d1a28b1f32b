import { Trans, useLingui } from '@lingui/react/macro'
import { type FormEvent, useState } from 'react'
import { ApiProblem } from '@/api/problem'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { Field, Input } from '@/components/Field'
import { ProblemNote } from '@/components/ProblemNote'
import { checkPassword } from '../requests'

/** Asks for the password before something that runs commands as root. Good for 10 minutes. */
export default function PasswordOnce({ onClose, onProven }: { onClose: () => void; onProven: () => void }) {
  const { t } = useLingui()
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const wrong = problem?.code === 'wrong-credentials'
  async function prove(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      await checkPassword(password)
      onProven()
    } catch (error) {
      setProblem(ApiProblem.from(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`Your password once more`}
      size="sm"
      locked={busy}
      footer={
        <>
          <Button onClick={onClose} disabled={busy}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" form="password-once" tone="primary" busy={busy} disabled={password === ''}>
            <Trans>Go on</Trans>
          </Button>
        </>
      }
    >
      <form id="password-once" className="flex flex-col gap-3" onSubmit={prove}>
        <p>
          <Trans>
            This change can make fail2ban run commands as root. So that nobody does this at a browser that was left
            open, your password is asked for once more. It then holds for 10 minutes.
          </Trans>
        </p>
        <Field label={t`Password`} error={wrong ? t`The password is wrong.` : undefined}>
          {(field) => (
            <Input
              {...field}
              data-autofocus
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {problem && !wrong ? <ProblemNote problem={problem} /> : null}
      </form>
    </Dialog>
  )
}
