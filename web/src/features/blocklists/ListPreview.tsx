import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import { Banner } from '@/components/Banner'
import { HostileText, Num } from '@/components/Text'
import { AddressCount } from '@/features/blocking/Big'
import { formatPercent } from '@/lib/format'
import { Bytes } from './Bytes'
import { Junk } from './Junk'
import { More, Networks, ProtectedNetworks } from './Networks'
import { WaitWords } from './WaitWords'

type Preview = Schemas['BlocklistPreview']
type SomeNetworks = Schemas['BlocklistPreviewNetworks']

type ListPreviewProps = {
  preview: Preview
  /** The list that is being edited: that a list overlaps with itself says nothing. */
  self: number | null
}

/** What a list would block, and what of it would be left out. */
export function ListPreview({ preview, self }: ListPreviewProps) {
  const { t } = useLingui()
  const { networks, addresses, parsed, junk, junkExamples, masked, tooWide, special, subtracted, sample } = preview
  const overlaps = preview.overlaps.filter((overlap) => overlap.list !== self)
  if (networks === 0) {
    return (
      <Banner tone="warning" role="status" title={t`Nothing of it would be blocked.`}>
        <Read preview={preview} />
        <Junk count={junk} examples={junkExamples} />
      </Banner>
    )
  }
  return (
    <section aria-label={t`What it would block`} className="flex flex-col gap-2 rounded-md border px-3 py-2.5">
      <p role="status">
        <strong className="font-semibold">
          <Plural value={networks} one="# network" other="# networks" />
        </strong>{' '}
        <span className="text-muted">
          <Trans>
            with <AddressCount addresses={addresses} /> addresses would be blocked.
          </Trans>
        </span>
      </p>
      <ShareOfInternet share={preview.share} />
      {preview.waits ? (
        <Banner tone="warning" role="status" title={<WaitWords reason={preview.waits} />}>
          <Trans>
            It may be broken or taken over. If you add it, its copy waits for a yes and blocks nothing before.
          </Trans>
        </Banner>
      ) : null}
      <p className="text-sm text-muted">
        <Read preview={preview} />
      </p>
      <dl className="flex flex-col gap-2 text-sm">
        {junk > 0 ? (
          <Part label={t`Not understood`} count={junk}>
            <Junk count={junk} examples={junkExamples} />
          </Part>
        ) : null}
        <LeftOut label={t`Too wide, left out`} networks={tooWide} />
        <LeftOut label={t`Private or special, left out`} networks={special} />
        {subtracted.count > 0 ? (
          <Part label={t`Protected, cut out`} count={subtracted.count}>
            <ProtectedNetworks of={subtracted.first} />
            <More count={subtracted.count - subtracted.first.length} />
          </Part>
        ) : null}
        {masked > 0 ? (
          <Part label={t`Written inexactly`} count={masked}>
            <span className="text-muted">
              <Trans>The part behind the network is cut off.</Trans>
            </span>
          </Part>
        ) : null}
        {overlaps.length > 0 ? (
          <Part label={t`Also on other lists`}>
            <ul className="flex flex-col">
              {overlaps.map((overlap) => (
                <li key={overlap.list}>
                  <HostileText text={overlap.name} className="font-medium" />{' '}
                  <span className="text-muted">
                    <AddressCount addresses={overlap.addresses} />
                  </span>
                </li>
              ))}
            </ul>
          </Part>
        ) : null}
        <Part label={t`Some of it`}>
          <Networks of={sample} />
        </Part>
      </dl>
      {parsed > networks ? (
        <p className="text-xs text-muted">
          <Trans>Neighbouring networks and those within others are merged to the fewest.</Trans>
        </p>
      ) : null}
    </section>
  )
}

function Read({ preview }: { preview: Preview }) {
  const bytes = <Bytes count={preview.bytes} />
  const entries = <Num value={preview.parsed} />
  return (
    <Trans>
      Read {bytes} with {entries} entries.
    </Trans>
  )
}

function Part({ label, count, children }: { label: string; count?: number; children: ReactNode }) {
  return (
    <div className="grid gap-x-3 sm:grid-cols-[13rem_minmax(0,1fr)]">
      <dt className="text-muted">
        {label}
        {count === undefined ? null : (
          <>
            {' '}
            <Num value={count} />
          </>
        )}
      </dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  )
}

function LeftOut({ label, networks }: { label: string; networks: SomeNetworks }) {
  const { count, first } = networks
  if (count === 0) return null
  return (
    <Part label={label} count={count}>
      <Networks of={first} />
      <More count={count - first.length} />
    </Part>
  )
}

/** Below this a share says nothing. */
const LEAST_SHARE = 0.001

/** How much of the internet it is, family by family, where that is worth a word. */
function ShareOfInternet({ share }: { share: Preview['share'] }) {
  const { i18n } = useLingui()
  const four = formatPercent(i18n.locale, share.v4)
  const six = formatPercent(i18n.locale, share.v6)
  if (share.v4 < LEAST_SHARE && share.v6 < LEAST_SHARE)
    return (
      <p className="text-sm text-muted">
        <Trans>That is less than a thousandth of the internet.</Trans>
      </p>
    )
  return (
    <p className="text-sm">
      {share.v4 >= LEAST_SHARE ? <Trans>That is {four} of all public IPv4 addresses.</Trans> : null}{' '}
      {share.v6 >= LEAST_SHARE ? <Trans>That is {six} of all public IPv6 addresses.</Trans> : null}
    </p>
  )
}
