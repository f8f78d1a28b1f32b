import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useMemo } from 'react'
import { ApiProblem, type Schemas } from '@/api/client'
import { AddressLink } from '@/components/AddressLink'
import { Country, useCountryName } from '@/components/Country'
import { Change } from '@/components/chart/Change'
import { EmptyState } from '@/components/EmptyState'
import { Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { type Sort, Table, Td, Th, Tr } from '@/components/Table'
import { Tabs } from '@/components/Tabs'
import { HostileText, Num } from '@/components/Text'
import { HistoryLink } from '@/features/filters/HistoryLink'
import { topQuery } from '@/features/filters/queries'
import { bansBefore, type HistorySearch, type StatsSearch } from '@/features/filters/search'
import { useNetworkName } from '@/features/filters/words'
import { withTexts } from '@/i18n/i18n'
import { UNKNOWN_COUNTRY } from '@/lib/country'
import { formatPercent } from '@/lib/format'
import { type MapSearch, mapRoute } from '@/routes/map'

type Item = Schemas['TopItemBody']
type SortKey = NonNullable<MapSearch['sort']>

/** As many as may be asked for at once; there are fewer countries than that. */
const MOST = 300
const BY = { countries: 'country', networks: 'network', addresses: 'subject' } as const

const MapBans = lazy(withTexts(() => import('./MapBans'), 'history'))

/** Everything that the map shows, or what is selected on it, as a table: counted by country, network or address, or ban by ban. */
export function MapTable({ query, search }: { query: StatsSearch; search: MapSearch }) {
  const { t } = useLingui()
  const navigate = mapRoute.useNavigate()
  const list = search.list ?? 'countries'
  const selected: StatsSearch = { ...query, country: search.select }
  const change = (part: Partial<MapSearch>) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true })
  return (
    <Panel>
      <Tabs
        label={t`What is listed`}
        tabs={[
          { id: 'countries', label: t`Countries` },
          { id: 'networks', label: t`Networks` },
          { id: 'addresses', label: t`Addresses` },
          { id: 'bans', label: t`Bans` },
        ]}
        value={list}
        // Bans have times, and what is counted has numbers: an order of the one is none of the other.
        onChange={(next) =>
          change({
            list: next === 'countries' ? undefined : next,
            ...(next === 'bans' || list === 'bans' ? { sort: undefined, order: undefined } : {}),
          })
        }
      >
        {list === 'bans' ? (
          <Suspense fallback={<SkeletonRows rows={12} />}>
            <MapBans
              key={JSON.stringify([selected, search.order])}
              selected={selected}
              oldestFirst={search.order === 'asc'}
              onOrder={() => change({ order: search.order === 'asc' ? undefined : 'asc' })}
            />
          </Suspense>
        ) : (
          <Counted
            list={list}
            selected={selected}
            onBans={() => change({ list: 'bans', sort: undefined, order: undefined })}
          />
        )}
      </Tabs>
    </Panel>
  )
}

type CountedProps = { list: keyof typeof BY; selected: StatsSearch; onBans: () => void }

function Counted({ list, selected, onBans }: CountedProps) {
  const top = useQuery(topQuery(BY[list], selected, MOST))
  if (!top.data) {
    return top.error ? (
      <div className="p-3">
        <ProblemNote problem={ApiProblem.from(top.error)} onRetry={() => void top.refetch()} />
      </div>
    ) : (
      <SkeletonRows rows={12} />
    )
  }
  if (top.data.items.length === 0) {
    return (
      <EmptyState title={<Trans>No bans</Trans>}>
        <Trans>Nobody was banned in this time. A longer range may show more.</Trans>
      </EmptyState>
    )
  }
  return <Rows list={list} top={top.data} selected={selected} onBans={onBans} />
}

type RowsProps = CountedProps & { top: Schemas['TopBody'] }

function Rows({ list, top, selected, onBans }: RowsProps) {
  const { t, i18n } = useLingui()
  const search = mapRoute.useSearch()
  const navigate = mapRoute.useNavigate()
  const words = useWords(list)
  const sort: Sort<SortKey> = { by: search.sort ?? 'bans', order: search.order ?? 'desc' }
  const items = useMemo(() => {
    const collator = new Intl.Collator(i18n.locale, { numeric: true })
    const by = {
      bans: (a: Item, b: Item) => a.bans - b.bans,
      previous: (a: Item, b: Item) => a.previous - b.previous,
      name: (a: Item, b: Item) => collator.compare(words.name(a), words.name(b)),
    }[sort.by]
    return top.items.toSorted((a, b) => (sort.order === 'asc' ? by(a, b) : by(b, a)))
  }, [top.items, sort.by, sort.order, i18n.locale, words.name])
  const head = {
    sort,
    onSort: (next: Sort<SortKey>) =>
      void navigate({ search: (now) => ({ ...now, sort: next.by, order: next.order }), replace: true }),
  }
  return (
    <>
      <Table label={words.label}>
        <thead>
          <Tr>
            <Th sortKey="name" {...head}>
              {words.column}
            </Th>
            <Th num sortKey="bans" {...head}>
              {t`Bans`}
            </Th>
            <Th num>{t`Share`}</Th>
            <Th num sortKey="previous" {...head}>
              {t`Before`}
            </Th>
            <Th num>{t`Compared`}</Th>
          </Tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <Tr key={item.key ?? ''}>
              <Td label={words.column}>{words.cell(item)}</Td>
              <Td num label={t`Bans`}>
                <HistoryLink
                  search={{ ...selected, ...words.narrow(item), event: ['ban'] }}
                  className="font-medium text-accent hover:underline"
                >
                  <Num value={item.bans} />
                </HistoryLink>
              </Td>
              <Td num label={t`Share`} className="text-muted max-sm:hidden">
                {formatPercent(i18n.locale, top.total > 0 ? item.bans / top.total : 0)}
              </Td>
              <Td num label={t`Before`} className="max-sm:hidden">
                <HistoryLink
                  search={bansBefore({ ...selected, ...words.narrow(item) }, top.range)}
                  className="hover:text-accent hover:underline"
                >
                  <Num value={item.previous} />
                </HistoryLink>
              </Td>
              <Td num label={t`Compared`}>
                <Change now={item.bans} before={item.previous} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <p className="flex flex-wrap gap-x-3 border-t px-3 py-2 text-sm text-muted">
        <HistoryLink search={{ ...selected, event: ['ban'] }} className="text-accent hover:underline">
          <Plural value={top.total} one="# ban in the history" other="All # bans in the history" />
        </HistoryLink>
        <MostFrequent items={items} total={top.total} onBans={onBans} />
        {top.exact ? null : <Trans>These counts are estimates.</Trans>}
      </p>
    </>
  )
}

/** What the list leaves out, and where it is; nothing where it leaves out nothing. */
function MostFrequent({ items, total, onBans }: { items: readonly Item[]; total: number; onBans: () => void }) {
  const shown = items.reduce((sum, item) => sum + item.bans, 0)
  if (items.length < MOST || shown >= total) return null
  return (
    <span>
      <Trans>
        Shown are the {MOST} most frequent ones, with <Num value={shown} /> of <Num value={total} /> bans.
      </Trans>{' '}
      <button type="button" className="text-accent hover:underline" onClick={onBans}>
        <Trans>List every ban</Trans>
      </button>
    </span>
  )
}

type Words = {
  label: string
  column: string
  name: (item: Item) => string
  cell: (item: Item) => ReactNode
  narrow: (item: Item) => Partial<HistorySearch>
}

function useWords(list: keyof typeof BY): Words {
  const { t } = useLingui()
  const country = useCountryName()
  const network = useNetworkName()
  if (list === 'countries') {
    return {
      label: t`Bans by country`,
      column: t`Country`,
      name: (item) => country(item.key),
      cell: (item) => <Country code={item.key} />,
      narrow: (item) => ({ country: [item.key ?? UNKNOWN_COUNTRY] }),
    }
  }
  if (list === 'networks') {
    return {
      label: t`Bans by network`,
      column: t`Network`,
      name: (item) => network(item.asn, item.label),
      cell: (item) => <HostileText text={network(item.asn, item.label)} />,
      narrow: (item) => ({ asn: [item.asn ?? 0] }),
    }
  }
  return {
    label: t`Bans by address`,
    column: t`Address`,
    name: (item) => item.key ?? '',
    cell: (item) => (
      <span className="inline-flex items-center gap-2">
        <AddressLink subject={item.key ?? ''} className="break-all" />
        <Country code={item.country} short />
      </span>
    ),
    narrow: (item) => ({ address: item.key ?? '' }),
  }
}
