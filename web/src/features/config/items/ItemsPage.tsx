import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useDeferredValue, useMemo, useState } from 'react'
import { ApiProblem } from '@/api/problem'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Select } from '@/components/Field'
import { Icon } from '@/components/Icon'
import { PageHeader, Panel } from '@/components/PageHeader'
import { QuickFilter } from '@/components/QuickFilter'
import { SkeletonRows } from '@/components/Skeleton'
import { HostileText } from '@/components/Text'
import { CONFIG_BADGES, type ConfigSearch, configRoute } from '@/routes/config'
import { ConfigNav } from '../ConfigNav'
import { ConfigProblem } from '../ConfigProblem'
import { useConfigChanging } from '../changing'
import { FindingList } from '../Findings'
import { BADGES, KIND_WORDS, type ListedKind } from '../kinds'
import { itemsQuery, stateQuery } from '../queries'
import type { ItemList, ItemSummary } from '../types'
import { countBadges, findItems } from './find-items'
import { ItemTable } from './ItemTable'

const EnableDialog = lazy(() => import('./EnableDialog'))
const CreateDialog = lazy(() => import('./CreateDialog'))

/** All jails, filters and actions of the files, whether they are used or not. */
export function ItemsPage() {
  const { t } = useLingui()
  const { kind = 'jail' } = configRoute.useSearch()
  const { data, error, refetch } = useQuery(itemsQuery)
  const { allowed, reason } = useConfigChanging()
  const [enabling, setEnabling] = useState<string | null>(null)
  const [creating, setCreating] = useState(false)
  return (
    <>
      <PageHeader
        title={t`Configuration`}
        asOf={data?.asOf}
        actions={
          <Button disabled={!allowed} title={reason} onClick={() => setCreating(true)}>
            <Icon name="plus" />
            <NewLabel kind={kind} />
          </Button>
        }
      />
      <ConfigNav />
      <Outside />
      {reason ? <p className="text-sm text-muted">{reason}</p> : null}
      {error ? <ConfigProblem problem={ApiProblem.from(error)} onRetry={() => void refetch()} /> : null}
      {data && data.findings.length > 0 ? (
        <Panel title={<Trans>What is wrong with the files</Trans>}>
          <FindingList findings={data.findings} />
        </Panel>
      ) : null}
      {error && !data ? null : <List data={data} kind={kind} onEnable={allowed ? setEnabling : undefined} />}
      <Suspense>
        {enabling ? <EnableDialog jail={enabling} onClose={() => setEnabling(null)} /> : null}
        {creating ? <CreateDialog kind={kind} items={data?.items ?? []} onClose={() => setCreating(false)} /> : null}
      </Suspense>
    </>
  )
}

/** That something else than BanGUI has changed files, with the way to see what. */
function Outside() {
  const files = useQuery(stateQuery).data?.changedOutside ?? []
  if (files.length === 0) return null
  return (
    <Banner
      tone="warning"
      title={<Trans>Changed outside BanGUI</Trans>}
      actions={
        <Link to="/config/versions" className="text-accent underline">
          <Trans>See what was changed</Trans>
        </Link>
      }
    >
      <HostileText text={files.join(', ')} className="font-mono" />
    </Banner>
  )
}

function NewLabel({ kind }: { kind: ListedKind }) {
  if (kind === 'jail') return <Trans>New jail…</Trans>
  return kind === 'filter' ? <Trans>New filter…</Trans> : <Trans>New action…</Trans>
}

type ListProps = { data: ItemList | undefined; kind: ListedKind; onEnable: ((jail: string) => void) | undefined }

function List({ data, kind, onEnable }: ListProps) {
  const { t, i18n } = useLingui()
  const { search, badge } = configRoute.useSearch()
  const navigate = configRoute.useNavigate()
  const wanted = useDeferredValue(search)
  const shown = useMemo(
    () => (data ? findItems(data.items, { kind, search: wanted, badge }) : []),
    [data, kind, wanted, badge],
  )
  const counts = useMemo(() => countBadges(data?.items ?? [], kind), [data, kind])
  const total = data?.items.filter((item) => item.id.kind === kind).length ?? 0
  const change = (part: Partial<ConfigSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true })
  const clear = () => change({ search: undefined, badge: undefined })
  return (
    <>
      <search className="flex flex-wrap items-center gap-2" aria-label={t`Filter the list`}>
        <QuickFilter
          label={t`Filter by name`}
          placeholder={kind === 'jail' ? t`Name, or its filter` : t`Name, or a jail that uses it`}
          value={search ?? ''}
          onChange={(next) => change({ search: next || undefined })}
        />
        <Select
          aria-label={t`State`}
          className="sm:w-52"
          value={badge ?? ''}
          options={[
            { value: '', label: t`Every state` },
            ...CONFIG_BADGES.map((value) => ({
              value,
              label: `${i18n._(BADGES[value].word)} (${counts.get(value) ?? 0})`,
            })),
          ]}
          onChange={(next) => change({ badge: next === '' ? undefined : next })}
        />
        {data ? (
          <p role="status" className="text-sm text-muted">
            {shown.length === total ? (
              <Plural value={total} one="# entry" other="# entries" />
            ) : (
              <Trans>
                {shown.length} of {total}
              </Trans>
            )}
          </p>
        ) : null}
      </search>
      <Panel>
        {data ? (
          <Rows shown={shown} kind={kind} empty={total === 0} onClear={clear} onEnable={onEnable} />
        ) : (
          <SkeletonRows rows={14} />
        )}
      </Panel>
    </>
  )
}

type RowsProps = {
  shown: readonly ItemSummary[]
  kind: ListedKind
  empty: boolean
  onClear: () => void
  onEnable: ((jail: string) => void) | undefined
}

function Rows({ shown, kind, empty, onClear, onEnable }: RowsProps) {
  const { i18n } = useLingui()
  if (empty) {
    return (
      <EmptyState title={<Trans>The files name none.</Trans>}>
        <Trans>
          fail2ban usually brings many of these. Check that BanGUI looks at the right folder: its settings name it.
        </Trans>
      </EmptyState>
    )
  }
  if (shown.length === 0) {
    return (
      <EmptyState
        title={<Trans>Nothing matches.</Trans>}
        action={
          <Button onClick={onClear}>
            <Trans>Clear the filters</Trans>
          </Button>
        }
      />
    )
  }
  return <ItemTable label={i18n._(KIND_WORDS[kind])} items={shown} kind={kind} onEnable={onEnable} />
}
