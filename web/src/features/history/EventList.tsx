// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be virtual without losing its layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons in the rows take the focus.

import { Trans, useLingui } from '@lingui/react/macro'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react'
import type { Schemas } from '@/api/client'
import { Icon } from '@/components/Icon'
import { scroller, useMargin } from '@/components/page-scroll'
import { useRowHeight } from '@/components/row-height'
import { SkeletonRows } from '@/components/Skeleton'
import { cx } from '@/lib/cx'
import { EventRow, GRID } from './EventRow'

type Event = Schemas['EventBody']

/** The next page is asked for when this many rows are left below. */
const AHEAD = 40
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }

type EventListProps = {
  /** What they are, where they are not all of the history. */
  label?: string
  events: readonly Event[]
  oldestFirst: boolean
  onOrder: () => void
  /** Asks for the next page; left out when there is none or one is on its way. */
  more?: () => void
  loading: boolean
}

/** The rows in sight of however many events, each of them to open. */
export function EventList({ label, events, oldestFirst, onOrder, more, loading }: EventListProps) {
  const { t } = useLingui()
  const rowHeight = useRowHeight()
  const body = useRef<HTMLDivElement>(null)
  const margin = useMargin(body, events)
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  // Those that were there first do not draw the eye.
  const first = useRef(events[0]?.at ?? '')
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: scroller,
    estimateSize: () => rowHeight,
    getItemKey: (index) => events[index]?.id ?? index,
    overscan: 12,
    scrollMargin: margin,
    scrollPaddingStart: rowHeight,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (more && last >= events.length - AHEAD) more()
  }, [more, last, events.length])
  const toggle = useCallback((id: string) => {
    setOpen((before) => {
      const next = new Set(before)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])
  const move = (event: KeyboardEvent) => {
    const from = (event.target as HTMLElement).dataset.event
    const step = STEPS[event.key]
    if (from === undefined || step === undefined) return
    event.preventDefault()
    const to = Math.max(0, Math.min(events.length - 1, Number(from) + step))
    virtual.scrollToIndex(to, { align: 'auto' })
    const focus = () => body.current?.querySelector<HTMLElement>(`[data-event="${to}"]`)?.focus({ preventScroll: true })
    // A row out of sight is there only after the next drawing.
    requestAnimationFrame(focus)
  }
  return (
    <div
      role="table"
      className="@container"
      aria-label={label ?? t`History`}
      aria-rowcount={more || loading ? -1 : events.length + 1}
    >
      <div role="rowgroup" className="sticky top-0 z-10 bg-surface @max-2xl:sr-only">
        <div
          role="row"
          aria-rowindex={1}
          className={cx(GRID, 'h-row border-b pr-2 pl-1 text-xs font-semibold text-muted')}
        >
          <Head>
            <span className="sr-only">
              <Trans>Details</Trans>
            </span>
          </Head>
          <div role="columnheader" aria-sort={oldestFirst ? 'ascending' : 'descending'}>
            <button type="button" className="inline-flex items-center gap-1 text-fg" onClick={onOrder}>
              <Trans>When</Trans>
              <Icon name={oldestFirst ? 'up' : 'down'} className="size-3" />
            </button>
          </div>
          <Head>
            <Trans>Event</Trans>
          </Head>
          <Head>
            <Trans>Address</Trans>
          </Head>
          <Head>
            <Trans>Jail</Trans>
          </Head>
          <Head>
            <Trans>Network</Trans>
          </Head>
          <Head>
            <Trans>Why</Trans>
          </Head>
        </div>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it hears the keys of the buttons in it. */}
      <div
        ref={body}
        className="relative"
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={move}
        role="presentation"
      >
        {items.map((item) => {
          const event = events[item.index]
          return event ? (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              role="rowgroup"
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              <EventRow
                event={event}
                index={item.index}
                open={open.has(event.id)}
                fresh={!oldestFirst && event.at > first.current}
                onToggle={toggle}
              />
            </div>
          ) : null
        })}
      </div>
      {loading ? <SkeletonRows rows={3} /> : null}
    </div>
  )
}

function Head({ children }: { children: React.ReactNode }) {
  return <div role="columnheader">{children}</div>
}
