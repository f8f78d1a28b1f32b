// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be virtual without losing its layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names the active row.

import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { Icon } from '@/components/Icon'
import { Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { Num } from '@/components/Text'
import { copyText } from '@/lib/copy'
import { cx } from '@/lib/cx'
import { useActing } from './acting'
import { BanRow, GRID, PendingRow, type RowDeeds } from './BanRow'
import { BulkBar } from './BulkBar'
import { type ActiveBan, banKey, targetKey } from './ban-key'
import type { LoadedBans } from './ban-pages'
import { dismissFailure, phaseOf, scheduleUnban, unbanState, undoUnban, useUnbans } from './pending-unbans'
import { RowMenu, type RowMenuState } from './RowMenu'
import { indexOfKey, MOST_SELECTED, useSelection } from './selection'
import { useAnchoredRows } from './use-anchored-rows'
import type { BanFilters, BanList, BanSort } from './use-ban-list'
import { useRowHeight } from './use-row-height'

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

function scroller(): HTMLElement | null {
  return document.getElementById('main')
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
  const body = useRef<HTMLDivElement>(null)
  const near = useRef(0)
  const rowHeight = useRowHeight()
  const count = Math.min(
    MOST_ROWS,
    loaded.stretches.at(-1)?.next === null ? rows.length : Math.max(loaded.total, rows.length),
  )
  const [margin, setMargin] = useState(0)
  const virtual = useVirtualizer({
    count,
    getScrollElement: scroller,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: margin,
    scrollPaddingStart: rowHeight,
    scrollPaddingEnd: 3 * rowHeight,
  })
  // What stands above the list changes in height: banners come and go, filters wrap.
  useLayoutEffect(() => {
    const main = scroller()
    if (!main || !body.current) return
    const top = body.current.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop
    if (Math.abs(top - margin) >= 1) setMargin(top)
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height of rows asks for new sizes.
  useLayoutEffect(() => virtual.measure(), [rowHeight])
  const items = virtual.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  const { show } = list
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has been loaded or replaced may ask for more.
  useEffect(() => show(first, last), [show, first, last, loaded])

  const filterText = JSON.stringify([filters.search, filters.jail, filters.family])
  const { clear } = selection
  // biome-ignore lint/correctness/useExhaustiveDependencies: what another filter hides must not be unbanned unseen.
  useEffect(clear, [filterText, clear])
  useAnchoredRows({
    rows: list.previous ? null : rows,
    margin,
    rowHeight,
    list: `${filterText} ${filters.sort} ${filters.order}`,
    hold: () => selection.keys.size > 0 || menu !== null || (body.current?.matches(':hover') ?? false),
  })

  const activeIndex = activeKey === null ? -1 : indexOfKey(rows, activeKey, near.current)
  if (activeIndex >= 0) near.current = activeIndex
  const now = useRef({ rows, selection, allowed })
  now.current = { rows, selection, allowed }
  const deeds = useDeeds(now, grid, setActiveKey, setCopiedKey, setMenu)
  function activate(index: number) {
    const row = rows[Math.max(0, Math.min(index, rows.length - 1))]
    if (!row) return
    near.current = rows.indexOf(row)
    setActiveKey(banKey(row))
    virtual.scrollToIndex(near.current, { align: 'auto' })
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
          aria-activedescendant={activeIndex >= first && activeIndex <= last ? `${id}-${activeIndex}` : undefined}
          className={cx('group/grid focus-visible:outline-offset-0', list.previous && 'opacity-60')}
          onKeyDown={onKeyDown}
        >
          <Head
            oneJail={oneJail}
            filters={filters}
            onSort={onSort}
            chosen={chosen}
            all={complete && chosen > 0 && chosen >= rows.length}
            selectable={allowed}
            reason={reason}
            onToggleAll={() => (chosen > 0 ? selection.clear() : void selectAll())}
          />
          <div ref={body} role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const ban = rows[item.index]
              const top = item.start - margin
              if (!ban)
                return <PendingRow key={`pending ${item.index}`} top={top} height={rowHeight} index={item.index} />
              const key = banKey(ban)
              return (
                <BanRow
                  key={key}
                  id={`${id}-${item.index}`}
                  ban={ban}
                  index={item.index}
                  top={top}
                  height={rowHeight}
                  selected={selection.keys.has(key)}
                  active={key === activeKey}
                  copied={key === copiedKey}
                  selectable={allowed}
                  withJail={!oneJail}
                  phase={phaseOf(phases, ban)}
                  deeds={deeds}
                />
              )
            })}
          </div>
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
      {menu ? (
        <RowMenu
          {...menu}
          allowed={allowed}
          onFilterJail={onFilterJail}
          onClose={() => {
            setMenu(null)
            grid.current?.focus({ preventScroll: true })
          }}
        />
      ) : null}
    </section>
  )
}

type Now = { current: { rows: readonly ActiveBan[]; selection: ReturnType<typeof useSelection>; allowed: boolean } }

function useDeeds(
  now: Now,
  grid: { current: HTMLElement | null },
  setActiveKey: (key: string) => void,
  setCopiedKey: (key: string | null) => void,
  setMenu: (menu: RowMenuState) => void,
): RowDeeds {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const copy = useCallback(
    async (ban: ActiveBan) => {
      if (!(await copyText(ban.subject))) return
      setCopiedKey(banKey(ban))
      clearTimeout(timer.current)
      timer.current = setTimeout(() => setCopiedKey(null), 1_500)
    },
    [setCopiedKey],
  )
  const [deeds] = useState<RowDeeds>(() => {
    const at = (index: number, use: (ban: ActiveBan) => void) => {
      const ban = now.current.rows[index]
      if (ban) use(ban)
    }
    return {
      toggle: (index, range) => now.current.selection.toggle(now.current.rows, index, range),
      openMenu: (index, anchor) =>
        at(index, (ban) => {
          setActiveKey(banKey(ban))
          setMenu({ ban, anchor })
        }),
      activate: (index) => {
        at(index, (ban) => setActiveKey(banKey(ban)))
        // So that the keys go on from the row that was pressed.
        if (!document.activeElement?.closest('[role=menu]')) grid.current?.focus({ preventScroll: true })
      },
      copy: (index) => at(index, (ban) => void copy(ban)),
      undo: (index) =>
        at(index, (ban) => {
          const phase = phaseOf(unbanState().phases, ban)
          if (phase?.kind !== 'waiting') return
          // Asked for in all jails, it is taken back in all jails.
          const alone = unbanState().phases.get(targetKey(ban)) === phase
          undoUnban(phase.batch, { host: ban.host, subject: ban.subject, jail: alone ? ban.jail : null })
        }),
      dismiss: (index) => at(index, dismissFailure),
    }
  })
  return deeds
}

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

function Head({ oneJail, filters, onSort, chosen, all, selectable, reason, onToggleAll }: HeadProps) {
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
