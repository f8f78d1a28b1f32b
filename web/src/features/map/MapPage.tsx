import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { ApiProblem } from '@/api/client'
import { Button } from '@/components/Button'
import { Country, useCountryName } from '@/components/Country'
import { ErrorBoundary } from '@/components/ErrorBoundary'
import { Icon } from '@/components/Icon'
import { PageHeader, Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { Skeleton } from '@/components/Skeleton'
import { FilterBar } from '@/features/filters/FilterBar'
import { HistoryLink } from '@/features/filters/HistoryLink'
import { topQuery } from '@/features/filters/queries'
import { RangePicker } from '@/features/filters/RangePicker'
import { type HistorySearch, type StatsSearch, statsQuery } from '@/features/filters/search'
import { useCountsFollow } from '@/features/live/use-counts-follow'
import { formatNumber } from '@/lib/format'
import { quantiles } from '@/lib/scale'
import { type MapSearch, mapRoute } from '@/routes/map'
import { type Drawn, drawnCounts } from './counts'
import { MapTable } from './MapTable'
import { Thresholds } from './Thresholds'
import { WorldMap } from './WorldMap'

const MOST = 300
const STEPS = 5

/** From where: the world coloured by bans, and beside it everything that it shows as a table. */
export function MapPage() {
  const { t } = useLingui()
  const search = mapRoute.useSearch()
  const navigate = mapRoute.useNavigate()
  const change = (part: Partial<MapSearch>) => void navigate({ search: (now) => ({ ...now, ...part }) })
  // A choice of countries in the filters is the selection on the map.
  const filter = ({ country, ...part }: Partial<HistorySearch>, has: boolean) =>
    change({ ...part, ...(has ? { select: country } : {}) } as Partial<MapSearch>)
  const { select, list, sort, order, steps, at, ...filters } = search
  const query = statsQuery(filters)
  useCountsFollow(query)
  return (
    <>
      <PageHeader
        title={t`Map`}
        actions={
          <RangePicker
            value={search}
            fallback="24h"
            onChange={(range) => change({ range: undefined, from: undefined, until: undefined, ...range })}
          />
        }
      />
      <FilterBar
        value={{ ...filters, country: select }}
        fallback="24h"
        onChange={(part) => filter(part, 'country' in part)}
      />
      <div className="grid grid-cols-1 items-start gap-3 xl:grid-cols-5">
        <div className="flex flex-col gap-3 xl:sticky xl:top-4 xl:col-span-3">
          <ErrorBoundary>
            <World query={query} search={search} onChange={change} />
          </ErrorBoundary>
        </div>
        <div className="xl:col-span-2">
          <MapTable query={query} search={search} />
        </div>
      </div>
    </>
  )
}

type WorldProps = { query: StatsSearch; search: MapSearch; onChange: (change: Partial<MapSearch>) => void }

function World({ query, search, onChange }: WorldProps) {
  const top = useQuery(topQuery('country', query, MOST))
  const selected = useMemo(() => new Set(search.select), [search.select])
  const counts = useMemo(() => (top.data ? drawnCounts(top.data.items) : null), [top.data])
  const steps = search.steps ?? STEPS
  const shown = useMemo(
    () =>
      search.at ??
      quantiles(
        [...(counts?.drawn.values() ?? [])].map((one) => one.bans),
        steps,
      ),
    [search.at, counts, steps],
  )
  if (!counts) {
    return (
      <Panel>
        {top.error ? (
          <div className="p-3">
            <ProblemNote problem={ApiProblem.from(top.error)} onRetry={() => void top.refetch()} />
          </div>
        ) : (
          <div className="aspect-2/1 p-3">
            <Skeleton className="h-full w-full" />
          </div>
        )}
      </Panel>
    )
  }
  function toggle(country: Drawn, add: boolean) {
    const all = country.codes.every((code) => selected.has(code))
    const others = add ? (search.select ?? []).filter((code) => !country.codes.includes(code)) : []
    const next = all && (add || selected.size === country.codes.length) ? others : [...others, ...country.codes]
    onChange({ select: next.length > 0 ? next : undefined })
  }
  return (
    <>
      <Panel>
        <WorldMap
          drawn={counts.drawn}
          thresholds={shown}
          selected={selected}
          onToggle={toggle}
          onClear={() => onChange({ select: undefined })}
        />
      </Panel>
      {/* Outside of the panel, which clips: its list of steps opens below. */}
      <Thresholds shown={shown} steps={steps} own={search.at} onChange={onChange} />
      <Elsewhere query={query} places={counts.elsewhere} />
      <Selection search={search} onClear={() => onChange({ select: undefined })} />
      <Summary drawn={counts.drawn} bans={top.data?.total ?? 0} />
    </>
  )
}

/** What no place on the map stands for. */
function Elsewhere({ query, places }: { query: StatsSearch; places: readonly Drawn[] }) {
  if (places.length === 0) return null
  return (
    <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-sm">
      <span className="text-muted">
        <Trans>Not on the map:</Trans>
      </span>
      {places.map(({ code, bans }) => (
        <HistoryLink
          key={code}
          search={{ ...query, country: [code], event: ['ban'] }}
          className="inline-flex items-baseline gap-1.5 hover:underline"
        >
          <Country code={code} /> <Plural value={bans} one="# ban" other="# bans" />
        </HistoryLink>
      ))}
    </p>
  )
}

function Selection({ search, onClear }: { search: MapSearch; onClear: () => void }) {
  const name = useCountryName()
  if (!search.select) return null
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-sm">
      <span>
        <Trans>Selected: {search.select.map(name).join(', ')}</Trans>
      </span>
      <Button tone="ghost" size="sm" onClick={onClear}>
        <Icon name="close" />
        <Trans>Select none</Trans>
      </Button>
    </p>
  )
}

/** The picture in one sentence, for who does not see it. */
function Summary({ drawn, bans }: { drawn: ReadonlyMap<string, Drawn>; bans: number }) {
  const { i18n } = useLingui()
  const name = useCountryName()
  const first = [...drawn.values()].sort((a, b) => b.bans - a.bans).slice(0, 3)
  if (first.length === 0) return null
  const number = (value: number) => formatNumber(i18n.locale, value)
  const names = first.map((one) => `${name(one.code)} (${number(one.bans)})`).join(', ')
  const total = number(bans)
  return (
    <p className="text-xs text-muted">
      <Trans>
        {total} bans from {drawn.size} countries on the map, most from {names}. The country is where an address is
        registered. The table lists all of them.
      </Trans>
    </p>
  )
}
