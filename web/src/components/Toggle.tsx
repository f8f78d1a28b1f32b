import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from '@/lib/cx'

type ToggleProps = Omit<ComponentProps<'input'>, 'type' | 'onChange'> & {
  label: ReactNode
  hint?: ReactNode
  onChange?: (checked: boolean) => void
}

export function Checkbox(props: ToggleProps) {
  return <Toggle {...props} kind="checkbox" />
}

export function Switch(props: ToggleProps) {
  return <Toggle {...props} kind="switch" />
}

function Toggle({ label, hint, onChange, className, kind, ...rest }: ToggleProps & { kind: 'checkbox' | 'switch' }) {
  const id = useId()
  return (
    <div className={cx('flex items-start gap-2', className)}>
      <input
        id={id}
        type="checkbox"
        role={kind === 'switch' ? 'switch' : undefined}
        className={kind === 'switch' ? 'switch mt-0.5' : 'mt-0.5 shrink-0'}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange?.(event.target.checked)}
        {...rest}
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint ? (
          <p id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  )
}
