import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import { Badge } from '@/components/Badge'
import { Panel } from '@/components/PageHeader'
import { Num, Time } from '@/components/Text'
import { Why } from '@/features/blocking/Why'

type Standing = Schemas['FirewallStanding']

/** BanGUI's own table: by what it blocks, how much is in it, and how putting it in force went. */
export function OwnTable({ standing }: { standing: Standing }) {
  const { t } = useLingui()
  const { table, lastLoad } = standing
  // Where it cannot be used the page has said so already.
  if (!table) return null
  const backends: Record<Schemas['FirewallBackend'], string> = { nftables: 'nftables', ipset: t`ipset with iptables` }
  return (
    <Panel title={<Trans>BanGUI’s own table</Trans>}>
      <dl className="grid grid-cols-2 gap-px bg-line sm:grid-cols-4">
        <Fact label={t`State`}>
          {table.isThere ? (
            <Badge tone="good">{t`in force`}</Badge>
          ) : (
            <span title={t`With nothing to block there is no table.`}>
              <Badge>{t`not needed`}</Badge>
            </span>
          )}{' '}
          <span className="text-sm font-normal text-muted">{backends[table.backend]}</span>
        </Fact>
        <Fact label={t`Networks of lists`}>
          <Num value={table.networks} />
        </Fact>
        <Fact label={t`Bans without a jail`}>
          <Num value={table.bans} />
        </Fact>
        <Fact label={t`Let through`}>
          <Num value={table.allowed} />
        </Fact>
      </dl>
      {lastLoad ? (
        <p className="border-t px-3 py-2 text-sm text-muted">
          <Load load={lastLoad} />
        </p>
      ) : null}
    </Panel>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="bg-surface px-3 py-2">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="text-lg font-semibold">{children}</dd>
    </div>
  )
}

function Load({ load }: { load: Schemas['FirewallLoad'] }) {
  const at = <Time at={load.at} />
  if (load.problem) {
    return (
      <>
        <span className="text-danger">
          <Trans>Putting in force what is wanted failed {at}; what was in force before stays.</Trans>
        </span>{' '}
        <Why why={load.problem} />
      </>
    )
  }
  const millis = <Num value={load.tookMs ?? 0} />
  if (!load.changed) return <Trans>Looked at {at}: it is as it should be.</Trans>
  return (
    <Trans>
      Loaded {at}, in {millis} ms.
    </Trans>
  )
}
