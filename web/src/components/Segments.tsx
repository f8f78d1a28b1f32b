import { type ReactNode, useId } from 'react'
import { cx } from '@/lib/cx'

type SegmentsProps<T extends string> = {
  label: string
  value: T
  options: readonly { value: T; label: ReactNode }[]
  onChange: (value: T) => void
}

/** A choice of few, side by side: radio buttons by another look. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>) {
  const name = useId()
  return (
    <fieldset aria-label={label} className="flex flex-wrap gap-1">
      {options.map((option) => (
        <label
          key={option.value}
          className={cx(
            'inline-flex h-7 cursor-pointer items-center rounded-md border px-2 text-sm has-focus-visible:outline-2 has-focus-visible:outline-accent',
            option.value === value
              ? 'border-accent bg-accent-soft font-medium text-accent'
              : 'border-line text-muted hover:bg-hover hover:text-fg',
          )}
        >
          <input
            type="radio"
            className="sr-only"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  )
}
