import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Select } from '@/components/Field'
import { Icon } from '@/components/Icon'
import { PageHeader, Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import type { Sort } from '@/components/Table'
import { Tabs } from '@/components/Tabs'
import { Num } from '@/components/Text'
import { BlockingProblem } from '@/features/blocking/BlockingProblem'
import { blocklistsQuery } from '@/features/blocking/queries'
import { useHits } from '@/features/blocking/use-hits'
import { BLOCKLIST_SORTS, type BlocklistSort, blocklistsRoute } from '@/routes/blocklists'
import { useMay } from '@/shell/session'
import { NEW } from './draft'
import { HitsTab } from './HitsTab'
import { ListTable } from './ListTable'
import { arrange, firstOrder, type List, packetsOf } from './lists'
import { OverlapsTab } from './OverlapsTab'
import { Totals } from './Totals'
import { useListDeeds } from './use-list-deeds'

const ListDialog = lazy(() => import('./ListDialog'))
const AddDialog = lazy(() => import('./AddDialog'))

/** The sources of blocked networks, what they block, and what they have in common. */
export function BlocklistsPage() {
  const { t } = useLingui()
  const { tab = 'sources' } = blocklistsRoute.useSearch()
  const navigate = blocklistsRoute.useNavigate()
  const admin = useMay('admin')
  const { data, error, refetch } = useQuery(blocklistsQuery)
  const [edited, setEdited] = useState<List | 'new' | null>(null)
  const add = admin ? (
    <Button tone="primary" onClick={() => setEdited('new')}>
      <Icon name="plus" />
      <Trans>Add a blocklist…</Trans>
    </Button>
  ) : null
  const lists = data?.items
  return (
    <>
      <PageHeader title={t`Blocklists`} actions={lists?.length ? add : null} />
      {error ? <BlockingProblem error={error} onRetry={() => void refetch()} /> : null}
      {lists?.length === 0 ? (
        <Panel>
          <EmptyState title={<Trans>No lists are used yet.</Trans>} action={add}>
            <Trans>
              A blocklist names addresses that others have seen attack. BanGUI fetches it again and again, cuts out what
              must never be blocked, and puts all lists in force at once, also while fail2ban is down.
            </Trans>
            {admin ? null : (
              <>
                {' '}
                <Trans>An administrator can add one.</Trans>
              </>
            )}
          </EmptyState>
        </Panel>
      ) : lists || !error ? (
        <>
          <Totals />
          <Tabs
            label={t`Parts of the blocklists`}
            tabs={[
              {
                id: 'sources',
                label: (
                  <>
                    {t`Sources`}
                    <span className="text-xs text-muted">{lists ? <Num value={lists.length} /> : null}</span>
                  </>
                ),
              },
              { id: 'hits', label: t`Most blocked` },
              { id: 'overlaps', label: t`In common` },
            ]}
            value={tab}
            onChange={(next) => void navigate({ search: { tab: next === 'sources' ? undefined : next } })}
          >
            {lists === undefined ? (
              <Panel>
                <SkeletonRows />
              </Panel>
            ) : tab === 'hits' ? (
              <HitsTab lists={lists} />
            ) : tab === 'overlaps' ? (
              <OverlapsTab lists={lists} />
            ) : (
              <Sources lists={lists} onEdit={setEdited} />
            )}
          </Tabs>
        </>
      ) : null}
      {edited ? (
        <Suspense>
          {edited === 'new' ? (
            <AddDialog onClose={() => setEdited(null)} />
          ) : (
            <ListDialog list={edited} start={NEW} onClose={() => setEdited(null)} />
          )}
        </Suspense>
      ) : null}
    </>
  )
}

function Sources({ lists, onEdit }: { lists: readonly List[]; onEdit: (list: List) => void }) {
  const { t } = useLingui()
  const { sort: by = 'name', order = firstOrder(by) } = blocklistsRoute.useSearch()
  const navigate = blocklistsRoute.useNavigate()
  const { hits } = useHits()
  const deeds = useListDeeds()
  const packets = useMemo(() => packetsOf(hits), [hits])
  const shown = useMemo(() => arrange(lists, packets, { by, order }), [lists, packets, by, order])
  const onSort = (next: Sort<BlocklistSort>) =>
    void navigate({
      search: (before) => ({
        ...before,
        sort: next.by === 'name' ? undefined : next.by,
        order: next.order === firstOrder(next.by) ? undefined : next.order,
      }),
      replace: true,
    })
  const labels: Record<BlocklistSort, string> = {
    name: t`By name`,
    networks: t`Most networks`,
    blocked: t`Most blocked`,
    last: t`Last import`,
  }
  return (
    <div className="flex flex-col gap-3">
      <div className="w-44 sm:hidden">
        <Select
          aria-label={t`Order`}
          value={by}
          options={BLOCKLIST_SORTS.map((one) => ({ value: one, label: labels[one] }))}
          onChange={(one) => onSort({ by: one, order: firstOrder(one) })}
        />
      </div>
      <Panel>
        <ListTable
          lists={shown}
          packets={hits ? packets : undefined}
          sort={{ by, order }}
          onSort={onSort}
          deeds={deeds}
          onEdit={onEdit}
        />
      </Panel>
      <p className="text-xs text-muted">
        <Trans>
          Blocked packets are those of addresses that came within the last day; one on several lists counts for each.
        </Trans>
      </p>
      {deeds.dialog}
    </div>
  )
}
