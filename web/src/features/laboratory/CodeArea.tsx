import type { ComponentProps } from 'react'
import { cx } from '@/lib/cx'

type CodeAreaProps = Omit<ComponentProps<'textarea'>, 'onChange'> & { onChange: (text: string) => void }

/** A field for lines in the fixed-width face: nothing is corrected, and long lines scroll instead of wrapping. */
export function CodeArea({ onChange, className, ...rest }: CodeAreaProps) {
  return (
    <textarea
      spellCheck={false}
      autoComplete="off"
      autoCapitalize="off"
      autoCorrect="off"
      wrap="off"
      className={cx('control resize-y overflow-auto py-1.5 font-mono whitespace-pre', className)}
      onChange={(event) => onChange(event.target.value)}
      {...rest}
    />
  )
}
