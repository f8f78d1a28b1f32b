import { Trans } from '@lingui/react/macro'
import { useState } from 'react'
import { PasswordFields, passwordsFit } from '@/features/account/PasswordFields'
import { StepFrame, type StepProps } from './StepFrame'

export function PasswordStep({ draft, change, onNext, onBack }: StepProps) {
  const [checked, setChecked] = useState(false)
  return (
    <StepFrame
      title={<Trans>Password of the administrator</Trans>}
      intro={
        <Trans>
          The account is called <code className="font-mono text-fg">admin</code>. Whoever has this password can ban and
          unban everybody.
        </Trans>
      }
      onBack={onBack}
      onSubmit={() => {
        setChecked(true)
        if (passwordsFit(draft.password, draft.repeat)) onNext()
      }}
    >
      {/* For password stores: which account the password is for. */}
      <input type="text" name="username" autoComplete="username" value="admin" readOnly hidden />
      <PasswordFields
        autoFocus
        password={draft.password}
        repeat={draft.repeat}
        onPassword={(password) => change({ password })}
        onRepeat={(repeat) => change({ repeat })}
        checked={checked}
      />
    </StepFrame>
  )
}
