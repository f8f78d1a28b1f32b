import { useLingui } from '@lingui/react/macro'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from '@/lib/cx'
import { Icon } from './Icon'

// Roles are written out: under 640 px the rows are laid out as cards, and browsers drop a table's roles with its display.

export function Table({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: see above.
    <table role="table" aria-label={label} className={cx('table', className)}>
      {children}
    </table>
  )
}

export type Sort<K extends string> = { by: K; order: 'asc' | 'desc' }

type ThProps<K extends string> = {
  children: ReactNode
  /** Numbers stand to the right, and so does their header. */
  num?: boolean
  /** What it sorts by; without it the column cannot be sorted. */
  sortKey?: K
  sort?: Sort<K>
  onSort?: (sort: Sort<K>) => void
  /** The order of the first click: `desc` suits numbers and times. */
  first?: 'asc' | 'desc'
  className?: string
}

export function Th<K extends string>({ children, num, sortKey, sort, onSort, first, className }: ThProps<K>) {
  const active = sortKey !== undefined && sort?.by === sortKey
  const start = first ?? (num ? 'desc' : 'asc')
  const next = active ? (sort.order === 'asc' ? 'desc' : 'asc') : start
  return (
    <th
      // biome-ignore lint/a11y/noRedundantRoles: see above.
      role="columnheader"
      scope="col"
      aria-sort={active ? (sort.order === 'asc' ? 'ascending' : 'descending') : undefined}
      className={cx(num && 'num', className)}
    >
      {sortKey !== undefined && onSort ? (
        <button
          type="button"
          className="group/sort inline-flex items-center gap-1 font-semibold hover:text-fg"
          onClick={() => onSort({ by: sortKey, order: next })}
        >
          {children}
          <Icon
            name={active ? (sort.order === 'asc' ? 'up' : 'down') : start === 'asc' ? 'up' : 'down'}
            className={active ? 'size-3' : 'size-3 opacity-0 group-hover/sort:opacity-60'}
          />
        </button>
      ) : (
        children
      )}
    </th>
  )
}

export function Tr(props: ComponentProps<'tr'>) {
  // biome-ignore lint/a11y/noRedundantRoles: see above.
  return <tr role="row" {...props} />
}

type TdProps = ComponentProps<'td'> & {
  num?: boolean /** The column's name, shown beside the value on a card. */
  label?: string
}

export function Td({ num, label, className, ...rest }: TdProps) {
  // biome-ignore lint/a11y/noRedundantRoles: see above.
  return <td role="cell" data-label={label} className={cx(num && 'num', className)} {...rest} />
}

/** The header of a column that holds buttons. */
export function ThActions() {
  const { t } = useLingui()
  return (
    // biome-ignore lint/a11y/noRedundantRoles: see above.
    <th role="columnheader" scope="col" className="w-0">
      <span className="sr-only">{t`Actions`}</span>
    </th>
  )
}
