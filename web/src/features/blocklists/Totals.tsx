import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Banner } from '@/components/Banner'
import { Num } from '@/components/Text'
import { firewallQuery } from '@/features/blocking/queries'
import { useHits } from '@/features/blocking/use-hits'
import { Why } from '@/features/blocking/Why'

/** What all lists come to in the firewall, and what it has kept out; or why it does nothing. */
export function Totals() {
  const { data } = useQuery(firewallQuery)
  const { hits } = useHits()
  const table = data?.table
  const failed = data?.lastLoad?.problem
  return (
    <>
      {data?.unusable ? (
        <Banner
          tone="warning"
          title={<Trans>The lists are fetched, but nothing is blocked: the firewall cannot be used.</Trans>}
          actions={<ToFirewall />}
        >
          <Why why={data.unusable} />
        </Banner>
      ) : failed ? (
        <Banner
          tone="danger"
          title={<Trans>What is wanted could not be put in force. What was in force before stays.</Trans>}
          actions={<ToFirewall />}
        >
          <Why why={failed} />
        </Banner>
      ) : null}
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-md border bg-line sm:grid-cols-4">
        <Total label={<Trans>Networks in force</Trans>} value={table?.networks} />
        <Total label={<Trans>Let through</Trans>} value={table?.allowed} />
        <Total label={<Trans>Blocked packets from them</Trans>} value={hits?.incoming.packets} />
        <Total label={<Trans>Blocked packets to them</Trans>} value={hits?.outgoing.packets} />
      </dl>
    </>
  )
}

function Total({ label, value }: { label: ReactNode; value: number | undefined }) {
  return (
    <div className="bg-surface px-3 py-2">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="text-lg font-semibold">
        <Num value={value} />
      </dd>
    </div>
  )
}

function ToFirewall() {
  return (
    <Link to="/firewall" className="text-accent underline">
      <Trans>To the firewall</Trans>
    </Link>
  )
}
