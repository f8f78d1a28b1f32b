// biome-ignore-all lint/a11y/useSemanticElements: a list element cannot be virtual without losing its layout.

import { Trans, useLingui } from '@lingui/react/macro'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { scroller, useMargin } from '@/components/page-scroll'
import { LogRow } from './LogRow'
import type { Entry } from './tail'
import { useEnd } from './use-following'

const LINE_HEIGHT = 24

type LogListProps = {
  entries: readonly Entry[]
  following: boolean
  /** The text that lines were chosen by, to mark it. */
  find?: string
  trimmed: boolean
}

/** The rows in sight of however many lines. */
export function LogList({ entries, following, find, trimmed }: LogListProps) {
  const { t } = useLingui()
  const body = useRef<HTMLDivElement>(null)
  const margin = useMargin(body, entries)
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: scroller,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: (index) => entries[index]?.id ?? index,
    overscan: 20,
    scrollMargin: margin,
  })
  const height = virtual.getTotalSize()
  useEnd(following, height, entries)
  return (
    <>
      {trimmed ? (
        <p className="border-b px-3 py-1.5 text-sm text-muted">
          <Trans>Older lines are not shown here any more. Load the page again to begin anew.</Trans>
        </p>
      ) : null}
      <div ref={body} role="list" aria-label={t`Lines of the log`} className="relative my-1" style={{ height }}>
        {virtual.getVirtualItems().map((item) => {
          const entry = entries[item.index]
          return entry ? (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              role="listitem"
              aria-setsize={entries.length}
              aria-posinset={item.index + 1}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              {entry.line ? <LogRow line={entry.line} find={find} /> : <Gap />}
            </div>
          ) : null
        })}
      </div>
    </>
  )
}

function Gap() {
  return (
    <p className="border-y bg-raised px-3 py-1 text-sm text-warning">
      <Trans>Lines are missing here: more was written than was read, or the log was rotated.</Trans>
    </p>
  )
}
