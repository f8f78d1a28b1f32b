// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be virtual without losing its layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names the active row.

import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react'
import { Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { scroller } from '@/components/page-scroll'
import { useRowHeight } from '@/components/row-height'
import { SkeletonRows } from '@/components/Skeleton'
import { Num } from '@/components/Text'
import { cx } from '@/lib/cx'
import { useActing } from './acting'
import { BulkBar } from './BulkBar'
import { banKey } from './ban-key'
import type { LoadedBans } from './ban-pages'
import { scheduleUnban, useUnbans } from './pending-unbans'
import { RowMenu, type RowMenuState } from './RowMenu'
import { indexOfKey, MOST_SELECTED, useSelection } from './selection'
import { TableHead } from './TableHead'
import type { BanFilters, BanList, BanSort } from './use-ban-list'
import { useRowDeeds } from './use-row-deeds'
import { VirtualRows } from './VirtualRows'

/** Beyond this many rows browsers run out of height for one element (Firefox at about 17 million pixels). */
const MOST_ROWS = 250_000

type BanTableProps = {
  list: BanList
  filters: BanFilters
  onSort: (sort: BanSort, order: 'asc' | 'desc') => void
  /** Without the column of jails, where all rows are of one. */
  oneJail?: boolean
  onFilterJail?: (jail: string) => void
  /** Shown when nothing matches. */
  empty: ReactNode
}

/** The active bans as a virtual list inside the page's own scrolling, with selection, row menu and keys. */
export function BanTable({ list, filters, onSort, oneJail = false, onFilterJail, empty }: BanTableProps) {
  const { loaded, problem, moreProblem } = list
  if (!loaded) {
    return (
      <Panel>{problem ? <ProblemNote problem={problem} onRetry={list.retry} /> : <SkeletonRows rows={14} />}</Panel>
    )
  }
  return (
    <>
      {problem ? <ProblemNote problem={problem} onRetry={list.retry} /> : null}
      {moreProblem ? <ProblemNote problem={moreProblem} onRetry={list.retry} /> : null}
      <Rows
        list={list}
        loaded={loaded}
        filters={filters}
        onSort={onSort}
        oneJail={oneJail}
        onFilterJail={onFilterJail}
        empty={empty}
      />
    </>
  )
}

type RowsProps = BanTableProps & { loaded: LoadedBans; oneJail: boolean }

function Rows({ list, loaded, filters, onSort, oneJail, onFilterJail, empty }: RowsProps) {
  const { t } = useLingui()
  const id = useId()
  const { allowed, reason } = useActing()
  const { phases } = useUnbans()
  const { rows } = loaded
  const selection = useSelection(loaded.byKey, loaded)
  const [activeKey, setActiveKey] = useState<string | null>(null)
  const [copiedKey, setCopiedKey] = useState<string | null>(null)
  const [menu, setMenu] = useState<RowMenuState | null>(null)
  const grid = useRef<HTMLDivElement>(null)
  const near = useRef(0)
  const rowHeight = useRowHeight()
  const count = Math.min(
    MOST_ROWS,
    loaded.stretches.at(-1)?.next === null ? rows.length : Math.max(loaded.total, rows.length),
  )
  const scrollTo = useRef<(index: number) => void>(() => {})
  const filterText = JSON.stringify([filters.search, filters.jail, filters.family])
  const { clear } = selection
  // biome-ignore lint/correctness/useExhaustiveDependencies: what another filter hides must not be unbanned unseen.
  useEffect(clear, [filterText, clear])
  const activeIndex = activeKey === null ? -1 : indexOfKey(rows, activeKey, near.current)
  if (activeIndex >= 0) near.current = activeIndex
  const now = useRef({ rows, selection, allowed })
  now.current = { rows, selection, allowed }
  const held = selection.keys.size > 0 || menu !== null
  const hold = useCallback(() => held, [held])
  const deeds = useRowDeeds(now, setActiveKey, setCopiedKey, setMenu)
  function activate(index: number) {
    const row = rows[Math.max(0, Math.min(index, rows.length - 1))]
    if (!row) return
    near.current = rows.indexOf(row)
    setActiveKey(banKey(row))
    scrollTo.current(near.current)
  }
  function unban(everywhere: boolean) {
    const chosen = [...selection.keys].flatMap((key) => loaded.byKey.get(key) ?? [])
    const active = rows[activeIndex]
    const bans = chosen.length > 0 ? chosen : active ? [active] : []
    if (bans.length === 0 || !allowed) return
    scheduleUnban(bans.map(({ host, subject, jail }) => ({ host, subject, jail: everywhere ? null : jail })))
    selection.clear()
  }
  async function selectAll() {
    const all = await list.loadUpTo(Math.min(loaded.total, MOST_SELECTED))
    if (all) selection.add(all.rows)
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== grid.current || event.altKey) return
    const page = Math.max(1, Math.floor((scroller()?.clientHeight ?? 0) / rowHeight) - 4)
    const to = {
      ArrowDown: activeIndex + 1,
      ArrowUp: activeIndex < 0 ? 0 : activeIndex - 1,
      PageDown: activeIndex + page,
      PageUp: activeIndex - page,
      Home: 0,
      End: rows.length - 1,
    }[event.key]
    const mod = event.ctrlKey || event.metaKey
    if (to !== undefined && !mod) {
      activate(to)
      if (event.shiftKey && allowed) {
        if (selection.keys.size === 0 && activeIndex >= 0) selection.toggle(rows, activeIndex, false)
        selection.toggle(rows, Math.max(0, Math.min(to, rows.length - 1)), true)
      }
    } else if (event.key === ' ' && activeIndex >= 0) {
      if (allowed) selection.toggle(rows, activeIndex, event.shiftKey)
    } else if (mod && event.key === 'a') {
      if (allowed) void selectAll()
    } else if (event.key === 'Enter' && activeIndex >= 0) {
      const row = document.getElementById(`${id}-${activeIndex}`)
      const anchor = row?.querySelector<HTMLElement>('[data-row-menu]')
      if (anchor) deeds.openMenu(activeIndex, anchor)
    } else if ((event.key === 'Delete' || event.key === 'u') && !mod) unban(false)
    else if (event.key === 'c' && !mod && activeIndex >= 0) deeds.copy(activeIndex)
    else if (event.key === 'Escape' && selection.keys.size > 0) selection.clear()
    else return
    event.preventDefault()
  }
  const chosen = selection.keys.size
  const complete = rows.length >= loaded.total
  return (
    <section className="rounded-md border bg-surface">
      <p role="status" className="flex h-8 items-center gap-2 border-b px-3 text-sm text-muted">
        <span>
          <Plural value={loaded.total} one="# ban" other="# bans" />
        </span>
        {complete ? null : (
          <span aria-hidden="true">
            ·{' '}
            <Trans>
              <Num value={rows.length} /> of <Num value={loaded.total} /> loaded
            </Trans>
          </span>
        )}
        {list.previous ? (
          <span aria-hidden="true">
            · <Trans>searching…</Trans>
          </span>
        ) : null}
      </p>
      {count === 0 ? (
        empty
      ) : (
        <div
          ref={grid}
          id={id}
          role="grid"
          tabIndex={0}
          aria-label={t`Active bans`}
          aria-rowcount={loaded.total + 1}
          aria-colcount={oneJail ? 5 : 6}
          aria-multiselectable="true"
          aria-activedescendant={activeIndex >= 0 && activeIndex < count ? `${id}-${activeIndex}` : undefined}
          className={cx('group/grid focus-visible:outline-offset-0', list.previous && 'opacity-60')}
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            // What stands in a row is pressed, not focused: the keys go on from the grid.
            if (event.target.closest('[role=gridcell]')) grid.current?.focus({ preventScroll: true })
          }}
        >
          <TableHead
            oneJail={oneJail}
            filters={filters}
            onSort={onSort}
            chosen={chosen}
            all={complete && chosen > 0 && chosen >= rows.length}
            selectable={allowed}
            reason={reason}
            onToggleAll={() => (chosen > 0 ? selection.clear() : void selectAll())}
          />
          <VirtualRows
            id={id}
            rows={rows}
            count={count}
            rowHeight={rowHeight}
            list={list.previous ? null : `${filterText} ${filters.sort} ${filters.order}`}
            selected={selection.keys}
            activeKey={activeKey}
            activeIndex={activeIndex}
            copiedKey={copiedKey}
            phases={phases}
            selectable={allowed}
            withJail={!oneJail}
            deeds={deeds}
            hold={hold}
            onShow={list.show}
            scrollTo={scrollTo}
          />
        </div>
      )}
      {loaded.total > MOST_ROWS ? (
        <p className="border-t px-3 py-2 text-muted">
          <Trans>
            The first <Num value={MOST_ROWS} /> are listed. Search or filter to see the others.
          </Trans>
        </p>
      ) : null}
      {chosen > 0 ? (
        <BulkBar
          bans={selection.keys}
          byKey={loaded.byKey}
          total={loaded.total}
          loadingAll={list.loadingMore}
          loadedRows={rows.length}
          onSelectAll={selectAll}
          onUnban={unban}
          onClear={selection.clear}
          reason={reason}
        />
      ) : null}
      {menu ? <RowMenu {...menu} allowed={allowed} onFilterJail={onFilterJail} onClose={() => setMenu(null)} /> : null}
    </section>
  )
}
