import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Button } from '@/components/Button'
import { Field, Input } from '@/components/Field'
import { Icon } from '@/components/Icon'
import { Popover } from '@/components/Popover'
import { cx } from '@/lib/cx'
import { formatSpan } from '@/lib/format'
import { instantOf, localOf } from '@/lib/local-time'
import { useZone } from '@/lib/zone'
import { RANGES, type Range, type RangeSearch } from './search'

const LABELS: Record<Range | 'all', MessageDescriptor> = {
  '24h': msg`Last 24 hours`,
  '7d': msg`Last 7 days`,
  '30d': msg`Last 30 days`,
  '365d': msg`Last 365 days`,
  all: msg`All time`,
}

type RangePickerProps = {
  value: RangeSearch
  /** What the page means when the URL names no time. */
  fallback: Range | 'all'
  onChange: (range: RangeSearch) => void
}

/** The range that a page shows, in words. */
export function useRangeText(): (value: RangeSearch, fallback: Range | 'all') => string {
  const { t, i18n } = useLingui()
  const zone = useZone()
  return ({ range, from, until }, fallback) => {
    if (!from && !until) return i18n._(LABELS[range ?? fallback])
    const start = from ? Date.parse(from) : null
    const end = until ? Date.parse(until) : null
    if (start !== null && end !== null) return formatSpan(i18n.locale, start, end, zone)
    if (start !== null) return t`Since ${formatSpan(i18n.locale, start, start, zone)}`
    return t`Until ${formatSpan(i18n.locale, end ?? 0, end ?? 0, zone)}`
  }
}

/** Which time: ranges that end now, or two instants of one's own. */
export function RangePicker({ value, fallback, onChange }: RangePickerProps) {
  const { t, i18n } = useLingui()
  const text = useRangeText()(value, fallback)
  const custom = Boolean(value.from || value.until)
  const ranges: readonly (Range | 'all')[] = fallback === 'all' ? [...RANGES, 'all'] : RANGES
  return (
    <Popover
      label={t`Time range`}
      panelClassName="w-96"
      aria-label={t`Time range: ${text}`}
      face={
        <>
          <Icon name="clock" className="text-muted" />
          <span className="truncate">{text}</span>
          <Icon name="chevronDown" className="text-muted" />
        </>
      }
    >
      {(close) => {
        const choose = (range: RangeSearch) => {
          onChange(range)
          close()
        }
        return (
          <div className="flex max-sm:flex-col">
            <ul className="flex shrink-0 flex-col border-line p-1 max-sm:border-b sm:w-36 sm:border-r">
              {ranges.map((range) => {
                const chosen = !custom && (value.range ?? fallback) === range
                return (
                  <li key={range}>
                    <button
                      type="button"
                      aria-pressed={chosen}
                      className={cx(
                        'flex h-8 w-full items-center rounded-sm px-2 text-left hover:bg-hover',
                        chosen && 'font-medium text-accent',
                      )}
                      // The page's default stands in no URL.
                      onClick={() => choose({ range: range === fallback || range === 'all' ? undefined : range })}
                    >
                      {i18n._(LABELS[range])}
                    </button>
                  </li>
                )
              })}
            </ul>
            <OwnRange value={value} onChoose={choose} />
          </div>
        )
      }}
    </Popover>
  )
}

function OwnRange({ value, onChoose }: { value: RangeSearch; onChoose: (range: RangeSearch) => void }) {
  const { t } = useLingui()
  const zone = useZone()
  const [from, setFrom] = useState(() => localOf(value.from, zone))
  const [until, setUntil] = useState(() => localOf(value.until, zone))
  const start = instantOf(from, zone)
  const end = instantOf(until, zone)
  const turned = start !== undefined && end !== undefined && start >= end
  return (
    <form
      className="flex min-w-0 flex-1 flex-col gap-2 p-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (!turned && (start || end)) onChoose({ from: start, until: end })
      }}
    >
      <Field label={t`From`}>
        {(field) => (
          <Input {...field} type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />
        )}
      </Field>
      <Field label={t`Until`} error={turned ? t`The end lies before the beginning.` : undefined}>
        {(field) => (
          <Input {...field} type="datetime-local" value={until} onChange={(event) => setUntil(event.target.value)} />
        )}
      </Field>
      <p className="text-xs text-muted">
        <Trans>Times of {zone}. Without an end: until now.</Trans>
      </p>
      <Button type="submit" tone="primary" className="self-end" disabled={turned || !(start || end)}>
        <Trans>Show</Trans>
      </Button>
    </form>
  )
}
