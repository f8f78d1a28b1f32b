import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { Schemas } from '@/api/client'
import { jailsQuery } from '@/api/queries'
import { Button } from '@/components/Button'
import { useCountryName } from '@/components/Country'
import { Icon } from '@/components/Icon'
import { UNKNOWN_COUNTRY } from '@/lib/country'
import { Facet, type FacetOption } from './Facet'
import { topQuery } from './queries'
import {
  EVENT_KINDS,
  filtersOf,
  type HistorySearch,
  isFiltered,
  ORIGINS,
  type Range,
  rangeOf,
  statsQuery,
} from './search'
import { useEventNames, useNetworkName, useOriginNames } from './words'

/** As many countries and networks as may be asked for. */
const MOST = 300

type FilterBarProps = {
  value: HistorySearch
  /** Gets only what changes; a filter that is taken away is there as `undefined`. */
  onChange: (change: Partial<HistorySearch>) => void
  /** What the page means when the URL names no time: the counts beside the choices follow it. */
  fallback: Range | 'all'
  /** The history can be narrowed to kinds of events too. */
  events?: boolean
  /** Further filters of the page, before these. */
  children?: ReactNode
}

/** The filters that overview, map and history share, as a row of chips. */
export function FilterBar({ value, onChange, fallback, events = false, children }: FilterBarProps) {
  const { t } = useLingui()
  const origins = useOriginNames()
  const kinds = useEventNames()
  const [wanted, setWanted] = useState(false)
  const want = () => setWanted(true)
  const jails = useQuery({ ...jailsQuery, enabled: wanted, refetchInterval: false }).data?.items
  const some = <T,>(list: T[]) => (list.length > 0 ? list : undefined)
  return (
    <search aria-label={t`Filters`} className="flex flex-wrap items-center gap-1.5">
      {children}
      <Facet
        label={t`Jail`}
        value={value.jail ?? []}
        options={(jails ?? []).map(({ name }) => ({ value: name, label: name }))}
        loading={jails === undefined}
        onWanted={want}
        onChange={(jail) => onChange({ jail: some(jail) })}
      />
      <CountryFacet value={value} fallback={fallback} onChange={(country) => onChange({ country: some(country) })} />
      <NetworkFacet value={value} fallback={fallback} onChange={(asn) => onChange({ asn: some(asn) })} />
      <Facet
        label={t`Origin`}
        value={value.origin ?? []}
        options={ORIGINS.map((origin) => ({ value: origin, label: origins[origin] }))}
        onChange={(origin) => onChange({ origin: some(origin as Schemas['EventBody']['origin'][]) })}
      />
      {events ? (
        <Facet
          label={t`Event`}
          value={value.event ?? []}
          options={EVENT_KINDS.map((kind) => ({ value: kind, label: kinds[kind] }))}
          onChange={(event) => onChange({ event: some(event as Schemas['EventBody']['event'][]) })}
        />
      ) : null}
      {isFiltered(value) ? (
        <Button
          tone="ghost"
          size="sm"
          onClick={() =>
            onChange({
              jail: undefined,
              country: undefined,
              asn: undefined,
              origin: undefined,
              event: undefined,
              address: undefined,
            })
          }
        >
          <Icon name="close" />
          <Trans>Clear filters</Trans>
        </Button>
      ) : null}
    </search>
  )
}

/** What can be chosen, most frequent first: counted in the page's range, narrowed by everything but the chip's own filter. */
function useTop(by: 'country' | 'network', value: HistorySearch, fallback: Range | 'all', enabled: boolean) {
  const others = { ...rangeOf(value), ...filtersOf(value), ...(by === 'country' ? { country: undefined } : {}) }
  const query = statsQuery(
    { ...others, ...(by === 'network' ? { asn: undefined } : {}) },
    fallback === 'all' ? '365d' : fallback,
  )
  return useQuery({ ...topQuery(by, query, MOST), enabled, refetchInterval: false }).data?.items
}

type TopFacetProps<T> = { value: HistorySearch; fallback: Range | 'all'; onChange: (value: T[]) => void }

function CountryFacet({ value, fallback, onChange }: TopFacetProps<string>) {
  const { t } = useLingui()
  const name = useCountryName()
  const [wanted, setWanted] = useState(false)
  const items = useTop('country', value, fallback, wanted)
  const option = (code: string, count?: number): FacetOption => ({
    value: code,
    label: code === UNKNOWN_COUNTRY ? name(code) : `${code} ${name(code)}`,
    count,
  })
  return (
    <Facet
      label={t`Country`}
      value={value.country ?? []}
      options={(items ?? []).map((item) => option(item.key ?? UNKNOWN_COUNTRY, item.bans))}
      loading={items === undefined}
      parse={(typed) => (/^[a-z]{2}$/i.test(typed) ? option(typed.toUpperCase()) : undefined)}
      onWanted={() => setWanted(true)}
      onChange={onChange}
    />
  )
}

function NetworkFacet({ value, fallback, onChange }: TopFacetProps<number>) {
  const { t } = useLingui()
  const name = useNetworkName()
  const [wanted, setWanted] = useState(false)
  const items = useTop('network', value, fallback, wanted)
  return (
    <Facet
      label={t`Network`}
      value={(value.asn ?? []).map(String)}
      options={(items ?? []).map((item) => ({
        value: String(item.asn ?? 0),
        label: name(item.asn, item.label),
        count: item.bans,
      }))}
      note={
        items && items.length >= MOST ? (
          <Trans>These are the {MOST} most frequent. Any other is found by its number, such as AS64500.</Trans>
        ) : null
      }
      loading={items === undefined}
      parse={(typed) => {
        const number = /^(?:as)?(\d{1,10})$/i.exec(typed)?.[1]
        return number && Number(number) < 2 ** 32
          ? { value: String(Number(number)), label: name(Number(number), null) }
          : undefined
      }}
      onWanted={() => setWanted(true)}
      onChange={(chosen) => onChange(chosen.map(Number))}
    />
  )
}
