// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be virtual without losing its layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: its buttons take the focus.

import { Trans, useLingui } from '@lingui/react/macro'
import { type ReactNode, useLayoutEffect, useRef } from 'react'
import { Icon } from '@/components/Icon'
import { cx } from '@/lib/cx'
import { GRID } from './BanRow'
import type { BanFilters, BanSort } from './use-ban-list'

type HeadProps = {
  oneJail: boolean
  filters: BanFilters
  onSort: (sort: BanSort, order: 'asc' | 'desc') => void
  chosen: number
  all: boolean
  selectable: boolean
  reason: string | undefined
  onToggleAll: () => void
}

/** The sticky header: sorts, and selects all. On a phone only screen readers meet it; the order has a field of its own there. */
export function TableHead({ oneJail, filters, onSort, chosen, all, selectable, reason, onToggleAll }: HeadProps) {
  const { t } = useLingui()
  const box = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    if (box.current) box.current.indeterminate = chosen > 0 && !all
  })
  return (
    <div role="rowgroup" className="sticky top-0 z-10 bg-surface max-sm:sr-only">
      <div
        role="row"
        aria-rowindex={1}
        className={cx(
          oneJail ? GRID.plain : GRID.jail,
          'h-row border-b border-line px-1 text-xs font-semibold text-muted',
        )}
      >
        <div role="columnheader" className="flex justify-center">
          <input
            ref={box}
            type="checkbox"
            aria-label={chosen > 0 ? t`Clear the selection` : t`Select all that match`}
            title={reason ?? (chosen > 0 ? t`Clear the selection` : t`Select all that match`)}
            checked={all}
            disabled={!selectable}
            onChange={onToggleAll}
          />
        </div>
        <SortHead by="subject" first="asc" filters={filters} onSort={onSort}>
          <Trans>Address</Trans>
        </SortHead>
        {oneJail ? null : (
          <SortHead by="jail" first="asc" filters={filters} onSort={onSort}>
            <Trans>Jail</Trans>
          </SortHead>
        )}
        <SortHead by="bannedAt" first="desc" filters={filters} onSort={onSort}>
          <Trans>Banned</Trans>
        </SortHead>
        <SortHead by="expiresAt" first="asc" filters={filters} onSort={onSort}>
          <Trans>Time left</Trans>
        </SortHead>
        <div role="columnheader">
          <span className="sr-only">
            <Trans>Actions</Trans>
          </span>
        </div>
      </div>
    </div>
  )
}

type SortHeadProps = {
  by: BanSort
  first: 'asc' | 'desc'
  filters: BanFilters
  onSort: (sort: BanSort, order: 'asc' | 'desc') => void
  children: ReactNode
}

function SortHead({ by, first, filters, onSort, children }: SortHeadProps) {
  const active = filters.sort === by
  const order = active ? filters.order : first
  return (
    <div role="columnheader" aria-sort={active ? (order === 'asc' ? 'ascending' : 'descending') : undefined}>
      <button
        type="button"
        className={cx('group/sort inline-flex items-center gap-1 hover:text-fg', active && 'text-fg')}
        onClick={() => onSort(by, active ? (order === 'asc' ? 'desc' : 'asc') : first)}
      >
        {children}
        <Icon
          name={order === 'asc' ? 'up' : 'down'}
          className={active ? 'size-3' : 'size-3 opacity-0 group-hover/sort:opacity-60'}
        />
      </button>
    </div>
  )
}
