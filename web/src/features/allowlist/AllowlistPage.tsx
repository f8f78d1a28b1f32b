import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Icon } from '@/components/Icon'
import { PageHeader, Panel } from '@/components/PageHeader'
import { QuickFilter } from '@/components/QuickFilter'
import { SkeletonRows } from '@/components/Skeleton'
import { BlockingProblem } from '@/features/blocking/BlockingProblem'
import { allowlistQuery } from '@/features/blocking/queries'
import { Said } from '@/features/blocking/Said'
import { allowlistRoute } from '@/routes/allowlist'
import { useMay } from '@/shell/session'
import { AllowTable } from './AllowTable'
import { matching } from './matching'
import type { AllowEntry } from './requests'

const AllowDialog = lazy(() => import('./AllowDialog'))

/** Who is never blocked, by nobody. */
export function AllowlistPage() {
  const { t } = useLingui()
  const { search } = allowlistRoute.useSearch()
  const navigate = allowlistRoute.useNavigate()
  const operator = useMay('operator')
  const { data, error, refetch } = useQuery(allowlistQuery)
  const [edited, setEdited] = useState<AllowEntry | 'new' | null>(null)
  const shown = useMemo(() => (data ? matching(data.items, search) : []), [data, search])
  const find = (next: string) => void navigate({ search: { search: next || undefined }, replace: true })
  const add = operator ? (
    <Button tone="primary" onClick={() => setEdited('new')}>
      <Icon name="plus" />
      <Trans>Let somebody through…</Trans>
    </Button>
  ) : null
  return (
    <>
      <PageHeader title={t`Allowlist`} actions={data?.items.length ? add : null} />
      {error ? <BlockingProblem error={error} onRetry={() => void refetch()} /> : null}
      {data?.problem ? (
        <Banner
          tone="info"
          title={<Trans>The firewall lets them through; fail2ban does not know of all of them yet.</Trans>}
        >
          <Said text={data.problem} /> <Trans>It is tried again every few minutes.</Trans>
        </Banner>
      ) : null}
      {data && data.items.length > 0 ? (
        <search className="flex flex-wrap items-center gap-2" aria-label={t`Filter the allowlist`}>
          <QuickFilter
            label={t`Filter the entries`}
            placeholder={t`Address, name, comment or person`}
            value={search ?? ''}
            onChange={find}
          />
          <p role="status" className="text-sm text-muted">
            {search ? (
              <Trans>
                {shown.length} of {data.items.length} entries
              </Trans>
            ) : (
              <Plural value={data.items.length} one="# entry" other="# entries" />
            )}
          </p>
        </search>
      ) : null}
      {error && !data ? null : (
        <Panel>
          {!data ? (
            <SkeletonRows />
          ) : data.items.length === 0 ? (
            <EmptyState title={<Trans>Nobody is on the allowlist.</Trans>} action={add}>
              <Trans>
                Put the addresses there from which you work, those of monitoring and of partners: no jail, no list and
                no ban by hand blocks them.
              </Trans>
            </EmptyState>
          ) : shown.length === 0 ? (
            <EmptyState
              title={<Trans>No entry matches.</Trans>}
              action={
                <Button onClick={() => find('')}>
                  <Trans>Clear the filter</Trans>
                </Button>
              }
            />
          ) : (
            <AllowTable entries={shown} onEdit={setEdited} />
          )}
        </Panel>
      )}
      {edited ? (
        <Suspense>
          <AllowDialog entry={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
        </Suspense>
      ) : null}
    </>
  )
}
