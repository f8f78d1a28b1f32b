import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body, LOCAL_HOST } from '@/api/client'
import { keys } from '@/api/queries'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { PageHeader, Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { BlockingProblem } from '@/features/blocking/BlockingProblem'
import { firewallQuery } from '@/features/blocking/queries'
import { Why } from '@/features/blocking/Why'
import { useMay } from '@/shell/session'
import { DriftTable } from './DriftTable'
import { allRepairs, type Drift, type Repair } from './drift'
import { OwnTable } from './OwnTable'
import { RepairDialog } from './RepairDialog'

/** Whether the packet filter blocks what is banned: BanGUI's own table and those of the jails. */
export function FirewallPage() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(firewallQuery)
  const check = useCheck()
  const operator = useMay('operator')
  const [repair, setRepair] = useState<Repair | null>(null)
  const drift = data?.drift ?? null
  return (
    <>
      <PageHeader
        title={t`Firewall`}
        asOf={drift?.at}
        actions={
          operator && !data?.unusable ? (
            <Button busy={check.isPending} onClick={() => check.mutate()}>
              <Icon name="refresh" />
              <Trans>Check now</Trans>
            </Button>
          ) : null
        }
      />
      {error ? <BlockingProblem error={error} onRetry={() => void refetch()} /> : null}
      {check.error ? <BlockingProblem error={check.error} onRetry={() => check.mutate()} /> : null}
      {data?.unusable ? (
        <Banner tone="warning" title={<Trans>BanGUI cannot use the firewall.</Trans>}>
          <p>
            <Why why={data.unusable} />
          </p>
          <p>
            <Trans>Blocklists and bans without a jail block nobody. What fail2ban bans does not depend on it.</Trans>
          </p>
        </Banner>
      ) : null}
      {data?.unread ? (
        <Banner tone="warning" role="status" title={<Trans>BanGUI’s own table cannot be read at the moment.</Trans>}>
          <Why why={data.unread} />
        </Banner>
      ) : null}
      {data ? (
        <>
          <OwnTable standing={data} />
          {drift ? <Findings drift={drift} onRepair={setRepair} /> : data.table ? <NotChecked /> : null}
        </>
      ) : error ? null : (
        <Panel>
          <SkeletonRows rows={6} />
        </Panel>
      )}
      {drift && repair ? <RepairDialog drift={drift} repair={repair} onClose={() => setRepair(null)} /> : null}
    </>
  )
}

/** Compares what is banned with what is blocked, and shows what was found. */
function useCheck() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async () =>
      body(await api.POST('/api/v1/hosts/{host}/firewall/check', { params: { path: { host: LOCAL_HOST } }, body: {} })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.firewall }),
  })
}

function Findings({ drift, onRepair }: { drift: Drift; onRepair: (repair: Repair) => void }) {
  const admin = useMay('admin')
  const all = allRepairs(drift)
  return (
    <Panel
      title={<Trans>What is banned, and what is blocked</Trans>}
      actions={
        all && admin ? (
          <Button size="sm" tone="primary" onClick={() => onRepair(all)}>
            <Trans>Repair all…</Trans>
          </Button>
        ) : null
      }
    >
      <DriftTable drift={drift} onRepair={onRepair} />
    </Panel>
  )
}

function NotChecked() {
  return (
    <p className="text-sm text-muted">
      <Trans>It was not compared yet with what is banned. That is done after a start and every hour.</Trans>
    </p>
  )
}
