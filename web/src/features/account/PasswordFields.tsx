import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Field, Input } from '@/components/Field'
import { Checkbox } from '@/components/Toggle'
import { cx } from '@/lib/cx'
import { PASSWORD_MAX, PASSWORD_MIN, passwordLength, passwordStrength, type Strength } from './password'

type PasswordFieldsProps = {
  password: string
  repeat: string
  onPassword: (value: string) => void
  onRepeat: (value: string) => void
  /** After the first try to go on: what is missing is named. */
  checked: boolean
  /** The server's word on the password, if it had one. */
  error?: string | null
  label?: string
  autoFocus?: boolean
}

/** Whether a new password may be sent. */
export function passwordsFit(password: string, repeat: string): boolean {
  const length = passwordLength(password)
  return length >= PASSWORD_MIN && length <= PASSWORD_MAX && password === repeat
}

/** A new password, its strength, and the same once more. */
export function PasswordFields(props: PasswordFieldsProps) {
  const { password, repeat, checked, error } = props
  const { t } = useLingui()
  const [shown, setShown] = useState(false)
  const length = passwordLength(password)
  const problem =
    error ??
    (checked && length < PASSWORD_MIN
      ? t`At least ${PASSWORD_MIN} characters are needed.`
      : length > PASSWORD_MAX
        ? t`At most ${PASSWORD_MAX} characters are possible.`
        : undefined)
  const differs = (checked || passwordLength(repeat) >= length) && repeat !== password && (checked || repeat !== '')
  return (
    <>
      <Field
        label={props.label ?? t`Password`}
        error={problem}
        hint={t`At least ${PASSWORD_MIN} characters. A few words nobody would guess are better than odd signs.`}
      >
        {(field) => (
          <>
            <Input
              {...field}
              type={shown ? 'text' : 'password'}
              name="new-password"
              autoComplete="new-password"
              autoCapitalize="none"
              spellCheck={false}
              data-autofocus={props.autoFocus || undefined}
              value={password}
              onChange={(event) => props.onPassword(event.target.value)}
            />
            {length > 0 ? <StrengthHint strength={passwordStrength(password)} /> : null}
          </>
        )}
      </Field>
      <Field label={t`The same once more`} error={differs ? t`The two differ.` : undefined}>
        {(field) => (
          <Input
            {...field}
            type={shown ? 'text' : 'password'}
            name="repeat-password"
            autoComplete="new-password"
            autoCapitalize="none"
            spellCheck={false}
            value={repeat}
            onChange={(event) => props.onRepeat(event.target.value)}
          />
        )}
      </Field>
      <Checkbox label={t`Show what I type`} checked={shown} onChange={setShown} />
    </>
  )
}

const BARS: Record<Strength, { filled: number; tone: string }> = {
  short: { filled: 1, tone: 'bg-danger' },
  weak: { filled: 2, tone: 'bg-warning' },
  fair: { filled: 3, tone: 'bg-accent' },
  strong: { filled: 4, tone: 'bg-good' },
}

function StrengthHint({ strength }: { strength: Strength }) {
  const { filled, tone } = BARS[strength]
  return (
    <div className="flex items-center gap-2">
      <div aria-hidden="true" className="grid flex-1 grid-cols-4 gap-1">
        {[1, 2, 3, 4].map((bar) => (
          <span key={bar} className={cx('h-1 rounded-sm', bar <= filled ? tone : 'bg-line')} />
        ))}
      </div>
      <span role="status" className="min-w-16 text-right text-sm text-muted">
        {strength === 'short' ? (
          <Trans>too short</Trans>
        ) : strength === 'weak' ? (
          <Trans>weak</Trans>
        ) : strength === 'fair' ? (
          <Trans>fair</Trans>
        ) : (
          <Trans>strong</Trans>
        )}
      </span>
    </div>
  )
}
