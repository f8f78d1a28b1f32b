import { Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem, type Schemas } from '@/api/client'
import { Field, Input } from '@/components/Field'
import { ProblemNote } from '@/components/ProblemNote'
import { setupQuery } from './queries'
import { StepFrame, type StepProps } from './StepFrame'

type TokenStepProps = StepProps & {
  onToken: (token: string, defaults: Schemas['SetupStatus']['defaults']) => void
}

/** Proves that the visitor can read the server's output: only asked of those who come from another machine. */
export function TokenStep({ draft, onNext, onToken }: TokenStepProps) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const [token, setToken] = useState(draft.token)
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  async function check() {
    setBusy(true)
    setWrong(false)
    setProblem(null)
    try {
      const status = await queryClient.fetchQuery({ ...setupQuery(token.trim()), staleTime: 0 })
      // Without the right token the server keeps the defaults to itself.
      if (!status.defaults) {
        setWrong(true)
        return
      }
      onToken(token.trim(), status.defaults)
      onNext()
    } catch (error) {
      const failed = ApiProblem.from(error)
      if (failed.code === 'setup-token') setWrong(true)
      else setProblem(failed)
    } finally {
      setBusy(false)
    }
  }
  return (
    <StepFrame
      title={<Trans>Setup token</Trans>}
      intro={
        <Trans>
          You come from another machine. BanGUI printed a token when it started: in its terminal, or in the log of its
          service.
        </Trans>
      }
      busy={busy}
      onSubmit={check}
    >
      <Field label={t`Token`} error={wrong ? t`This token is not the right one.` : undefined}>
        {(field) => (
          <Input
            {...field}
            data-autofocus
            className="font-mono"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        )}
      </Field>
      <p className="text-sm text-muted">
        <code className="font-mono">journalctl -u bangui | grep -i token</code>
      </p>
      {problem ? <ProblemNote problem={problem} /> : null}
    </StepFrame>
  )
}
