// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be virtual without losing its layout.

import { useRouter } from '@tanstack/react-router'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { memo, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { scroller, useMargin } from '@/components/page-scroll'
import { BanRow, PendingRow, type RowDeeds } from './BanRow'
import { type ActiveBan, banKey } from './ban-key'
import { phaseOf, type UnbanState } from './pending-unbans'
import { useAnchoredRows } from './use-anchored-rows'

type VirtualRowsProps = {
  id: string
  rows: readonly ActiveBan[]
  /** Rows that are there or will be loaded. */
  count: number
  rowHeight: number
  /** Which list it is: the rows of another one are not held in place. `null` while the rows of another are still shown. */
  list: string | null
  selected: ReadonlySet<string>
  activeKey: string | null
  activeIndex: number
  copiedKey: string | null
  phases: UnbanState['phases']
  selectable: boolean
  withJail: boolean
  deeds: RowDeeds
  hold: () => boolean
  onShow: (first: number, last: number) => void
  /** Gets the function that brings a row into sight. */
  scrollTo: RefObject<(index: number) => void>
}

/** The rows that are in sight. Apart from the table, because it is drawn with each frame of scrolling and the table is not. */
export const VirtualRows = memo(function VirtualRows(props: VirtualRowsProps) {
  const { id, rows, count, rowHeight, selected, activeKey, activeIndex, copiedKey, withJail, onShow } = props
  const body = useRef<HTMLDivElement>(null)
  const margin = useMargin(body, rows)
  const virtual = useVirtualizer({
    count,
    getScrollElement: scroller,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: margin,
    scrollPaddingStart: rowHeight,
    scrollPaddingEnd: 3 * rowHeight,
    // The active row stays even out of sight: the grid's focus is on it.
    rangeExtractor: (range) => {
      const visible = defaultRangeExtractor(range)
      return activeIndex < 0 || activeIndex >= count || visible.includes(activeIndex)
        ? visible
        : [...visible, activeIndex]
    },
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height of rows asks for new sizes.
  useLayoutEffect(() => virtual.measure(), [rowHeight])
  props.scrollTo.current = (index) => virtual.scrollToIndex(index, { align: 'auto' })
  const first = virtual.range?.startIndex ?? 0
  const last = virtual.range?.endIndex ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has been loaded or replaced may ask for more.
  useEffect(() => onShow(first, last), [onShow, first, last, rows])
  useAnchoredRows({
    rows: props.list === null ? null : rows,
    margin,
    rowHeight,
    list: props.list ?? '',
    hold: () => props.hold() || (body.current?.matches(':hover') ?? false),
  })
  const items = useSlots(virtual.getVirtualItems(), virtual.isScrolling)
  const jailHref = useJailHref()
  return (
    <div ref={body} role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
      {items.map(({ item, slot }) => {
        const { index } = item
        const ban = rows[index]
        const top = item.start - margin
        if (!ban) return <PendingRow key={slot} top={top} height={rowHeight} index={index} />
        const key = banKey(ban)
        return (
          <BanRow
            key={slot}
            id={`${id}-${index}`}
            ban={ban}
            index={index}
            top={top}
            height={rowHeight}
            selected={selected.has(key)}
            active={key === activeKey}
            copied={key === copiedKey}
            selectable={props.selectable}
            withJail={withJail}
            jailHref={withJail ? jailHref(ban.jail) : ''}
            phase={phaseOf(props.phases, ban)}
            deeds={props.deeds}
          />
        )
      })}
    </div>
  )
})

type Slotted<T> = { item: T; slot: number }

/**
 * Gives the rows that come into sight the places of those that leave: updating a row is far cheaper than making one. While one scrolls, the elements
 * stay where they are in the document too, as moving one costs as much as making it; at rest they stand in the order of the list, for who reads it there.
 */
function useSlots<T extends { index: number }>(items: readonly T[], scrolling: boolean): readonly Slotted<T>[] {
  const before = useRef<readonly Slotted<T>[]>([])
  const slots = new Map(before.current.map(({ item, slot }) => [item.index, slot]))
  const indexes = new Set(items.map((item) => item.index))
  const free = [...slots].filter(([index]) => !indexes.has(index)).map(([, slot]) => slot)
  let unused = Math.max(-1, ...slots.values()) + 1
  const slotted = items.map((item) => ({ item, slot: slots.get(item.index) ?? free.pop() ?? unused++ }))
  before.current = scrolling ? inOrderOf(before.current, slotted) : slotted
  return before.current
}

/** In the order of the slots that were there before; others come last. */
function inOrderOf<T>(before: readonly Slotted<T>[], slotted: readonly Slotted<T>[]): Slotted<T>[] {
  const place = new Map(before.map(({ slot }, at) => [slot, at]))
  const of = ({ slot }: Slotted<T>) => place.get(slot) ?? before.length
  return slotted.toSorted((a, b) => of(a) - of(b))
}

/** The address of a jail's page, remembered. */
function useJailHref(): (jail: string) => string {
  const router = useRouter()
  const [known] = useState(() => new Map<string, string>())
  return (jail) => {
    let href = known.get(jail)
    if (href === undefined) {
      href = router.history.createHref(router.buildLocation({ to: '/jails/$jail', params: { jail } }).href)
      known.set(jail, href)
    }
    return href
  }
}
