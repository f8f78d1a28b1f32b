import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import { Country } from '@/components/Country'
import { Change } from '@/components/chart/Change'
import { HostileText, Num } from '@/components/Text'
import { HistoryLink } from '@/features/filters/HistoryLink'
import { type TopBy, topQuery } from '@/features/filters/queries'
import type { HistorySearch, StatsSearch } from '@/features/filters/search'
import { useNetworkName } from '@/features/filters/words'
import { UNKNOWN_COUNTRY } from '@/lib/country'
import type { MapSearch } from '@/routes/map'
import { Quiet, Section } from './Section'

type Item = Schemas['TopItemBody']
const ROWS = 8

type TopListProps = {
  title: ReactNode
  by: TopBy
  query: StatsSearch
  name: (item: Item) => ReactNode
  /** What narrows the history to this item. */
  filter: (item: Item) => HistorySearch
  /** Leads to where the others are too. */
  all: (text: ReactNode) => ReactNode
}

/** The most frequent ones, each with a bar, its number and how it compares; each leads to its events. */
function TopList({ title, by, query, name, filter, all }: TopListProps) {
  const top = useQuery(topQuery(by, query, ROWS))
  return (
    <Section title={title} query={top} rows={ROWS}>
      {({ items, total }) => {
        const most = Math.max(1, ...items.map((item) => item.bans))
        if (items.length === 0) {
          return (
            <Quiet rows={ROWS}>
              <Trans>No bans in this time.</Trans>
            </Quiet>
          )
        }
        const rest = total - items.reduce((sum, item) => sum + item.bans, 0)
        return (
          <>
            <ol style={{ minHeight: `calc(var(--row) * ${ROWS})` }}>
              {items.map((item) => (
                <li key={item.key ?? ''} className="relative border-b last:border-0">
                  <span
                    aria-hidden="true"
                    className="absolute inset-y-1 left-0 rounded-r-sm bg-accent-soft"
                    style={{ width: `${(100 * item.bans) / most}%` }}
                  />
                  <HistoryLink
                    search={{ ...query, event: ['ban'], ...filter(item) }}
                    className="relative flex h-row items-center gap-3 px-3 hover:text-accent"
                  >
                    <span className="min-w-0 flex-1 truncate">{name(item)}</span>
                    <span className="font-medium">
                      <Num value={item.bans} />
                    </span>
                    <span className="w-16 text-right text-sm">
                      <Change now={item.bans} before={item.previous} />
                    </span>
                  </HistoryLink>
                </li>
              ))}
            </ol>
            {rest > 0 ? (
              <p className="border-t px-3 py-1 text-sm text-muted">
                {all(
                  <Trans>
                    <Num value={rest} /> more beyond these
                  </Trans>,
                )}
              </p>
            ) : null}
          </>
        )
      }}
    </Section>
  )
}

const LINK = 'hover:text-accent hover:underline'

/** The table beside the map, which has them all. */
function mapSearch({ country, ...query }: StatsSearch, list: MapSearch['list']): MapSearch {
  return { ...query, select: country, list }
}

export function TopJails({ query }: { query: StatsSearch }) {
  return (
    <TopList
      title={<Trans>By jail</Trans>}
      by="jail"
      query={query}
      name={(item) => <HostileText text={item.key ?? ''} />}
      filter={(item) => ({ jail: [item.key ?? ''] })}
      all={(text) => (
        <HistoryLink search={{ ...query, event: ['ban'] }} className={LINK}>
          {text}
        </HistoryLink>
      )}
    />
  )
}

export function TopCountries({ query }: { query: StatsSearch }) {
  return (
    <TopList
      title={<Trans>By country</Trans>}
      by="country"
      query={query}
      name={(item) => <Country code={item.key} />}
      filter={(item) => ({ country: [item.key ?? UNKNOWN_COUNTRY] })}
      all={(text) => (
        <Link to="/map" search={mapSearch(query, 'countries')} className={LINK}>
          {text}
        </Link>
      )}
    />
  )
}

export function TopNetworks({ query }: { query: StatsSearch }) {
  const name = useNetworkName()
  return (
    <TopList
      title={<Trans>By network</Trans>}
      by="network"
      query={query}
      name={(item) => <HostileText text={name(item.asn, item.label)} />}
      filter={(item) => ({ asn: [item.asn ?? 0] })}
      all={(text) => (
        <Link to="/map" search={mapSearch(query, 'networks')} className={LINK}>
          {text}
        </Link>
      )}
    />
  )
}
