import type { ComponentProps } from 'react'
import { cx } from '@/lib/cx'

export type ButtonTone = 'default' | 'primary' | 'danger' | 'ghost' | 'chip' | 'chosen'

const TONES: Record<ButtonTone, string> = {
  default: 'border-edge bg-surface text-fg hover:bg-hover',
  primary: 'border-accent-solid bg-accent-solid text-on-solid hover:brightness-110',
  danger: 'border-danger-solid bg-danger-solid text-on-solid hover:brightness-110',
  ghost: 'border-transparent text-fg hover:bg-hover',
  // A filter that could be set, and one that is.
  chip: 'border-dashed border-edge bg-surface text-muted hover:bg-hover hover:text-fg',
  chosen: 'border-accent bg-surface text-accent hover:bg-hover',
}

export type ButtonProps = ComponentProps<'button'> & {
  tone?: ButtonTone
  size?: 'md' | 'sm'
  /** Only a sign: give `aria-label` too. */
  square?: boolean
  /** At work: keeps its width, cannot be pressed again, and says so. */
  busy?: boolean
}

export function Button({ tone = 'default', size = 'md', square, busy, className, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(
        'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none',
        'disabled:opacity-55 disabled:hover:brightness-100',
        size === 'md' ? 'h-8' : 'h-7',
        square ? (size === 'md' ? 'w-8' : 'w-7') : size === 'md' ? 'px-3' : 'px-2 text-sm',
        TONES[tone],
        className,
      )}
      {...rest}
    />
  )
}
