import type { ReactNode } from 'react'
import { cx } from '@/lib/cx'
import { Icon } from './Icon'

export type BannerTone = 'info' | 'warning' | 'danger' | 'good'

const TONES: Record<BannerTone, string> = {
  info: 'border-l-accent',
  good: 'border-l-good',
  warning: 'border-l-warning',
  danger: 'border-l-danger',
}
const SIGNS: Record<BannerTone, string> = {
  info: 'text-accent',
  good: 'text-good',
  warning: 'text-warning',
  danger: 'text-danger',
}

type BannerProps = {
  tone?: BannerTone
  title: ReactNode
  children?: ReactNode
  actions?: ReactNode
  /** `alert` for what must be heard at once, `status` for the rest. */
  role?: 'alert' | 'status'
  className?: string
}

/** A state that lasts, told where it matters. Results of an action are toasts. */
export function Banner({ tone = 'info', title, children, actions, role, className }: BannerProps) {
  return (
    <div
      role={role}
      className={cx(
        'flex flex-wrap items-start gap-x-3 gap-y-2 rounded-md border border-l-4 bg-surface px-3 py-2',
        TONES[tone],
        className,
      )}
    >
      <Icon
        name={tone === 'info' ? 'info' : tone === 'good' ? 'check' : 'warning'}
        className={cx('mt-0.5', SIGNS[tone])}
      />
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">{title}</p>
        {children ? <div className="mt-0.5 text-sm break-words text-muted">{children}</div> : null}
      </div>
      {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
    </div>
  )
}
