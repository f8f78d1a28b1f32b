import type { ReactNode } from 'react'
import { FileValue } from './FileValue'

type SettingRowProps = {
  label: ReactNode
  /** As fail2ban calls it. */
  term?: string
  value: ReactNode
  means: ReactNode
  action?: ReactNode
}

/** One running value: what it is called, what it is, what it means. */
export function SettingRow({ label, term, value, means, action }: SettingRowProps) {
  return (
    <div className="grid gap-x-4 gap-y-0.5 border-b px-3 py-2 last:border-0 sm:grid-cols-[12rem_14rem_1fr]">
      <dt>
        {label}
        {term ? <span className="block font-mono text-xs text-muted">{term}</span> : null}
      </dt>
      <dd className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 font-medium sm:items-start sm:justify-between">
        <span className="min-w-0">{value}</span>
        {action}
      </dd>
      <dd className="text-sm text-muted">
        {means}
        {term ? <FileValue term={term} /> : null}
      </dd>
    </div>
  )
}
