// biome-ignore-all lint/a11y/useSemanticElements: a list element cannot be virtual without losing its layout.

import { useLingui } from '@lingui/react/macro'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { scroller, useMargin } from '@/components/page-scroll'
import { TestedRow } from './TestedRow'
import type { TestedLine } from './test-request'
import { keyOf, regexOf } from './words'

const ROW_HEIGHT = 54

type TestedLinesProps = {
  lines: readonly TestedLine[]
  /** The regex whose lines are marked. */
  chosen?: string
  onRegex: (key: string) => void
  onKeep?: (line: TestedLine) => void
}

/** The rows in sight of however many lines. */
export function TestedLines({ lines, chosen, onRegex, onKeep }: TestedLinesProps) {
  const { t } = useLingui()
  const body = useRef<HTMLDivElement>(null)
  const margin = useMargin(body, lines)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: scroller,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => lines[index]?.number ?? index,
    overscan: 12,
    scrollMargin: margin,
  })
  const isOf = (line: TestedLine | undefined) => {
    const regex = line && regexOf(line)
    return chosen !== undefined && regex !== null && regex !== undefined && keyOf(regex) === chosen
  }
  const items = virtual.getVirtualItems()
  const inSight = items.some((item) => isOf(lines[item.index]))
  const first = lines.findIndex(isOf)
  // Only a choice moves the page, never an answer, nor a link that comes with one.
  const before = useRef(chosen)
  // biome-ignore lint/correctness/useExhaustiveDependencies: as said.
  useEffect(() => {
    const changed = before.current !== chosen
    before.current = chosen
    if (changed && chosen !== undefined && !inSight && first >= 0) virtual.scrollToIndex(first, { align: 'center' })
  }, [chosen])
  return (
    <div
      ref={body}
      role="list"
      aria-label={t`Tested lines`}
      className="relative"
      style={{ height: virtual.getTotalSize() }}
    >
      {items.map((item) => {
        const line = lines[item.index]
        return line ? (
          <div
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            role="listitem"
            aria-setsize={lines.length}
            aria-posinset={item.index + 1}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${item.start - margin}px)` }}
          >
            <TestedRow line={line} marked={isOf(line)} onRegex={onRegex} onKeep={onKeep} />
          </div>
        ) : null
      })}
    </div>
  )
}
