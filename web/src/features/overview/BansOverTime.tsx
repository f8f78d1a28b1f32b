import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { lazy, Suspense, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Schemas } from '@/api/client'
import { Button } from '@/components/Button'
import { Skeleton } from '@/components/Skeleton'
import { Table, Td, Th, Tr } from '@/components/Table'
import { Num } from '@/components/Text'
import { HistoryLink } from '@/features/filters/HistoryLink'
import { filtersOf, type StatsSearch } from '@/features/filters/search'
import { formatNumber } from '@/lib/format'
import { overviewRoute } from '@/routes/overview'
import { bucketBefore, bucketText, endOf, ticksOf } from './buckets'
import { Section } from './Section'
import { useSeries } from './series'

const BarsOverTime = lazy(() => import('@/components/chart/BarsOverTime'))

type Series = Schemas['BanSeriesBody']
type Props = { series: Series; query: StatsSearch }

/** Bans over time with the period before behind them; the same as a table on demand. */
export function BansOverTime({ query }: { query: StatsSearch }) {
  const table = overviewRoute.useSearch().view === 'table'
  const navigate = overviewRoute.useNavigate()
  const turn = () => navigate({ search: (now) => ({ ...now, view: table ? undefined : 'table' }), replace: true })
  return (
    <Section
      title={<Trans>Bans over time</Trans>}
      query={useSeries(query)}
      rows={7}
      actions={
        <Button size="sm" tone="ghost" aria-pressed={table} onClick={() => void turn()}>
          {table ? <Trans>Show as chart</Trans> : <Trans>Show as table</Trans>}
        </Button>
      }
    >
      {(series) => (table ? <Buckets series={series} query={query} /> : <Chart series={series} query={query} />)}
    </Section>
  )
}

/** The events of one bucket. */
function eventsOf(series: Series, query: StatsSearch, index: number) {
  const { range: _, ...filters } = query
  return { ...filters, event: ['ban' as const], from: series.buckets[index]?.start, until: endOf(series, index) }
}

/** Those of the same bucket in the period before. */
function eventsBefore(series: Series, query: StatsSearch, index: number) {
  return { ...filtersOf(query), event: ['ban' as const], ...bucketBefore(series, index) }
}

function Chart({ series, query }: Props) {
  const { t, i18n } = useLingui()
  const [active, setActive] = useState<number | null>(null)
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(600)
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const watcher = new ResizeObserver(() => setWidth(element.clientWidth))
    watcher.observe(element)
    return () => watcher.disconnect()
  }, [])
  const bars = useMemo(() => series.buckets.map(({ bans }) => bans), [series])
  const behind = useMemo(() => series.buckets.map(({ previous }) => previous), [series])
  // Compared by their text, so that an answer with the same buckets makes no new chart.
  const made = JSON.stringify([...ticksOf(i18n.locale, series, width)])
  const ticks = useMemo(() => new Map<number, string>(JSON.parse(made)), [made])
  const shown = active !== null && active < bars.length ? active : null
  const when = shown === null ? '' : bucketText(i18n.locale, series, shown)
  const count = shown === null ? 0 : (bars[shown] ?? 0)
  const before = shown === null ? 0 : (behind[shown] ?? 0)
  const n = formatNumber(i18n.locale, count)
  const m = formatNumber(i18n.locale, before)
  return (
    <div ref={box} className="p-3 pt-2">
      <div className="flex min-h-5 flex-wrap items-center gap-x-3 text-sm">
        {shown === null ? (
          <>
            <Key color="var(--accent-solid)">
              <Trans>This time</Trans>
            </Key>
            <Key color="var(--line)" edge>
              <Trans>Period before</Trans>
            </Key>
          </>
        ) : (
          <>
            <span>{when}</span>
            <HistoryLink search={eventsOf(series, query, shown)} className="font-medium text-accent hover:underline">
              <Plural value={count} one="# ban" other="# bans" />
            </HistoryLink>
            <HistoryLink
              search={eventsBefore(series, query, shown)}
              className="text-muted hover:text-accent hover:underline"
            >
              <Trans>before: {m}</Trans>
            </HistoryLink>
          </>
        )}
        <span className="ml-auto text-xs text-muted">{series.range.timeZone}</span>
      </div>
      <Suspense fallback={<Skeleton className="h-45 w-full" />}>
        <BarsOverTime
          label={t`Bans over time`}
          bars={bars}
          behind={behind}
          ticks={ticks}
          active={shown}
          onActive={(index) => index !== null && setActive(index)}
          valueText={shown === null ? t`Arrow keys read it` : t`${when}: ${n} bans, before: ${m}`}
        />
      </Suspense>
    </div>
  )
}

function Key({ color, edge, children }: { color: string; edge?: boolean; children: React.ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5 text-muted">
      <span
        aria-hidden="true"
        className={edge ? 'size-2.5 border border-edge' : 'size-2.5'}
        style={{ background: color }}
      />
      {children}
    </span>
  )
}

function Buckets({ series, query }: Props) {
  const { t, i18n } = useLingui()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section aria-label={t`Bans over time`} tabIndex={0} className="max-h-80 overflow-y-auto">
      <Table label={t`Bans over time`}>
        <thead>
          <Tr>
            <Th>
              <Trans>Time</Trans>
            </Th>
            <Th num>
              <Trans>Bans</Trans>
            </Th>
            <Th num>
              <Trans>Period before</Trans>
            </Th>
          </Tr>
        </thead>
        <tbody>
          {series.buckets.map((bucket, index) => (
            <Tr key={bucket.start}>
              <Td>{bucketText(i18n.locale, series, index)}</Td>
              <Td num label={t`Bans`}>
                <HistoryLink search={eventsOf(series, query, index)} className="hover:text-accent hover:underline">
                  <Num value={bucket.bans} />
                </HistoryLink>
              </Td>
              <Td num label={t`Period before`}>
                <HistoryLink search={eventsBefore(series, query, index)} className="hover:text-accent hover:underline">
                  <Num value={bucket.previous} />
                </HistoryLink>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </section>
  )
}
