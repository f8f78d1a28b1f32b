import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { Country } from '@/components/Country'
import { HostileText } from '@/components/Text'
import { Big } from '@/features/blocking/Big'
import { useNetworkName } from '@/features/filters/words'
import { cx } from '@/lib/cx'
import { formatPercent } from '@/lib/format'
import { hitText, isNetwork } from '../ban-words'
import { LoginsNotKnown, RecentLogins } from './RecentLogins'
import { type Cover, usePreview } from './use-preview'

/** What the targets cover: how many addresses, whose, and what is banned, listed or protected there. */
export function Covered({ targets }: { targets: readonly string[] }) {
  const { t } = useLingui()
  const { data, isPlaceholderData, isFetching } = usePreview(targets)
  if (!data || data.items.length === 0) return null
  return (
    <section
      aria-label={t`What it covers`}
      className={cx('flex flex-col gap-2', isPlaceholderData && isFetching && 'opacity-60')}
    >
      {data.items.map((cover) => (
        <CoverNote key={cover.target} cover={cover} />
      ))}
      {data.items.some((cover) => !cover.recentLogins.known) ? <LoginsNotKnown /> : null}
    </section>
  )
}

function CoverNote({ cover }: { cover: Cover }) {
  const { i18n } = useLingui()
  const { target, addresses, countries, networks, bannedInside, ownBans, lists, allowed, hits, recentLogins } = cover
  const wide = isNetwork(target)
  return (
    <div className="rounded-md border px-3 py-2 text-sm">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <code className="font-mono text-sm font-medium break-all">
          <HostileText text={target} />
        </code>
        {wide ? (
          <span className="text-muted">
            <Trans>
              <Big digits={addresses} /> addresses
            </Trans>
          </span>
        ) : null}
      </p>
      <Shares wide={wide} countries={countries} networks={networks} />
      <ul className="flex flex-wrap gap-x-4">
        {bannedInside > 0 ? (
          <li>
            <Plural value={bannedInside} one="# ban in jails meets it" other="# bans in jails meet it" />
          </li>
        ) : null}
        {ownBans > 0 ? (
          <li>
            <Plural value={ownBans} one="# ban without a jail meets it" other="# bans without a jail meet it" />
          </li>
        ) : null}
        {lists.length > 0 ? (
          <li>
            {wide ? <Trans>All or a part of it is on lists:</Trans> : <Trans>On lists:</Trans>} <Names names={lists} />
          </li>
        ) : null}
        {allowed.length > 0 ? (
          <li className="text-warning">
            <Trans>On the allowlist:</Trans> <Names names={allowed.map((entry) => entry.subject)} />
          </li>
        ) : null}
      </ul>
      <RecentLogins logins={recentLogins} />
      {hits.length > 0 ? (
        <p className="text-danger">{hits.map((hit) => hitText(i18n, hit, target)).join(' ')}</p>
      ) : null}
    </div>
  )
}

type SharesProps = Pick<Cover, 'countries' | 'networks'> & { wide: boolean }

/** Countries and networks, those with the most first; unknown ones say nothing. */
function Shares({ wide, countries, networks }: SharesProps) {
  const { i18n } = useLingui()
  const nameOf = useNetworkName()
  const share = (percent: number): ReactNode =>
    wide ? <span className="text-muted"> {formatPercent(i18n.locale, percent / 100)}</span> : null
  const known = {
    countries: countries.filter((one) => one.country),
    networks: networks.filter((one) => one.asn),
  }
  if (known.countries.length + known.networks.length === 0) return null
  return (
    <ul className="flex flex-wrap gap-x-4">
      {known.countries.map(({ country, percent }) => (
        <li key={country} className="inline-flex items-baseline gap-1">
          <Country code={country} />
          {share(percent)}
        </li>
      ))}
      {known.networks.map(({ asn, name, percent }) => (
        <li key={asn}>
          <HostileText text={nameOf(asn, name)} />
          {share(percent)}
        </li>
      ))}
    </ul>
  )
}

function Names({ names }: { names: readonly string[] }) {
  return names.map((name, index) => (
    <span key={name}>
      {index > 0 ? ', ' : null}
      <HostileText text={name} className="font-medium" />
    </span>
  ))
}
