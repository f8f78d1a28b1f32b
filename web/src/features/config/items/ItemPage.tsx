import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState } from 'react'
import { ApiProblem } from '@/api/problem'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/Dialog'
import { EmptyState } from '@/components/EmptyState'
import { PageHeader, Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { Tabs } from '@/components/Tabs'
import { HostileText } from '@/components/Text'
import { toast } from '@/components/toasts'
import { visible } from '@/lib/hostile'
import type { ConfigItemSearch } from '@/routes/config-item'
import { useMay } from '@/shell/session'
import { ConfigNav } from '../ConfigNav'
import { ConfigProblem } from '../ConfigProblem'
import { useConfigChanging } from '../changing'
import { FindingList, FindingText } from '../Findings'
import { OptionForm } from '../fields/OptionForm'
import { ItemBadges } from '../ItemBadges'
import { ItemLink } from '../ItemLink'
import { ITEM_ROUTES, type ListedKind } from '../kinds'
import { knownFindings } from '../known-findings'
import { itemQuery, itemsQuery } from '../queries'
import { useSpecs } from '../translated/words'
import { useTray } from '../tray/use-tray'
import type { Item } from '../types'
import { defaultsOf } from './defaults'
import { FilesTab } from './FilesTab'
import { useTrayPlan } from './use-tray-plan'

const EnableDialog = lazy(() => import('./EnableDialog'))

export function JailItemPage() {
  return <ItemPage kind="jail" />
}
export function FilterItemPage() {
  return <ItemPage kind="filter" />
}
export function ActionItemPage() {
  return <ItemPage kind="action" />
}

/** One jail, filter or action: its form, its files, and what can be done with it. */
function ItemPage({ kind }: { kind: ListedKind }) {
  const { name = '' } = useParams({ strict: false })
  const { data, error, refetch } = useQuery(itemQuery(kind, name))
  const problem = error ? ApiProblem.from(error) : null
  if (problem && (problem.code === 'item-not-found' || problem.status === 404) && !data)
    return <UnknownItem kind={kind} name={name} />
  return (
    <>
      <Head kind={kind} name={name} item={data} />
      <ConfigNav />
      {problem ? <ConfigProblem problem={problem} onRetry={() => void refetch()} /> : null}
      {data ? <Known key={`${kind}/${name}`} kind={kind} name={name} item={data} /> : null}
      {data || problem ? null : (
        <Panel>
          <SkeletonRows rows={14} />
        </Panel>
      )}
    </>
  )
}

type HeadProps = { kind: ListedKind; name: string; item: Item | undefined }

function Head({ kind, name, item }: HeadProps) {
  const { t } = useLingui()
  const listed = kind === 'jail' ? t`Jails` : kind === 'filter' ? t`Filters` : t`Actions`
  return (
    <PageHeader
      title={visible(name)}
      heading={
        <>
          <Link
            to="/config"
            search={{ kind: kind === 'jail' ? undefined : kind }}
            className="font-normal text-muted hover:text-fg hover:underline"
          >
            {listed}
          </Link>
          <span aria-hidden="true" className="mx-1.5 font-normal text-muted">
            /
          </span>
          <HostileText text={name} />
        </>
      }
      meta={item ? <ItemBadges badges={item.summary.badges} /> : null}
      asOf={item?.asOf}
      actions={item ? <Deeds kind={kind} name={name} item={item} /> : null}
    />
  )
}

/** What can be done with the item as a whole. */
function Deeds({ kind, name, item }: { kind: ListedKind; name: string; item: Item }) {
  const { t } = useLingui()
  const { allowed, reason } = useConfigChanging()
  const operator = useMay('operator')
  const { add } = useTray()
  const [asked, setAsked] = useState<'enable' | 'delete' | null>(null)
  const collected = () =>
    toast({ text: t`Collected. Nothing is written before you review and apply it.`, tone: 'info' })
  return (
    <>
      {kind === 'jail' && item.summary.state ? (
        <Link
          to="/jails/$jail"
          params={{ jail: name }}
          className="inline-flex h-8 items-center rounded-md border border-edge px-3 font-medium hover:bg-hover"
        >
          <Trans>The running jail</Trans>
        </Link>
      ) : null}
      {kind === 'filter' && operator ? (
        <Link
          to="/laboratory"
          search={{ filter: name }}
          className="inline-flex h-8 items-center rounded-md border border-edge px-3 font-medium hover:bg-hover"
        >
          <Trans>Try on log lines</Trans>
        </Link>
      ) : null}
      {item.actions.includes('enable') ? (
        <Button tone="primary" disabled={!allowed} title={reason} onClick={() => setAsked('enable')}>
          <Trans>Enable…</Trans>
        </Button>
      ) : null}
      {item.actions.includes('disable') ? (
        <Button
          disabled={!allowed}
          title={reason}
          onClick={() => {
            add({ change: 'disable', jail: name })
            collected()
          }}
        >
          <Trans>Disable</Trans>
        </Button>
      ) : null}
      {item.actions.includes('delete') ? (
        <Button disabled={!allowed} title={reason} onClick={() => setAsked('delete')}>
          <Trans>Delete…</Trans>
        </Button>
      ) : null}
      <Suspense>{asked === 'enable' ? <EnableDialog jail={name} onClose={() => setAsked(null)} /> : null}</Suspense>
      <ConfirmDialog
        open={asked === 'delete'}
        onClose={() => setAsked(null)}
        title={t`Delete ${visible(name)}`}
        verb={t`Collect the deletion`}
        danger
        onConfirm={async () => {
          add({ change: 'delete', item: { kind, name } })
          collected()
        }}
      >
        <Trans>
          All that this machine says about <HostileText text={name} className="font-medium" /> goes. It is deleted when
          you have reviewed and applied it; a version of it is kept.
        </Trans>
      </ConfirmDialog>
    </>
  )
}

function Known({ kind, name, item }: { kind: ListedKind; name: string; item: Item }) {
  const { t } = useLingui()
  const search = useSearch({ strict: false }) as ConfigItemSearch
  const { tab = 'form', find = '', all = false, file } = search
  const navigate = useNavigate()
  const specs = useSpecs()
  const { allowed, reason } = useConfigChanging()
  const plan = useTrayPlan()
  const target = useMemo(() => ({ item: { kind, name } }), [kind, name])
  const { edits } = useTray()
  const findings = knownFindings(item.findings, plan, edits).filter(
    (one) => !one.item || (one.item.kind === kind && one.item.name === name),
  )
  const change = (part: ConfigItemSearch) =>
    void navigate({
      to: ITEM_ROUTES[kind],
      params: { name },
      search: { ...search, ...part },
      replace: true,
    })
  // What concerns one option stands beside its field.
  const general = findings.filter((one) => !one.option || !item.options.some((option) => option.name === one.option))
  return (
    <>
      {reason ? <p className="text-sm text-muted">{reason}</p> : null}
      {item.summary.problem ? (
        <Banner tone="danger" title={<Trans>fail2ban cannot load it.</Trans>}>
          <FindingText finding={item.summary.problem} />
        </Banner>
      ) : null}
      {general.length > 0 ? (
        <Panel title={<Trans>What was found</Trans>}>
          <FindingList findings={general} />
        </Panel>
      ) : null}
      <Relations item={item} />
      <Tabs
        label={t`Parts of the item`}
        tabs={[
          { id: 'form', label: t`Options` },
          { id: 'files', label: t`Files` },
        ]}
        value={tab}
        onChange={(next) => change({ tab: next === 'files' ? 'files' : undefined })}
      >
        {tab === 'files' ? (
          <FilesTab files={item.files} chosen={file} onChoose={(next) => change({ file: next })} />
        ) : specs.error ? (
          <ConfigProblem problem={ApiProblem.from(specs.error)} onRetry={() => void specs.refetch()} />
        ) : specs.data ? (
          <OptionForm
            target={target}
            options={item.options}
            specs={specs.data}
            findings={findings}
            disabled={!allowed}
            all={all}
            search={find}
            onSearch={change}
          />
        ) : (
          <Panel>
            <SkeletonRows rows={14} />
          </Panel>
        )}
      </Tabs>
    </>
  )
}

/** The filter of a jail, or the jails that use a filter or an action. */
function Relations({ item: { summary } }: { item: Item }) {
  if (summary.filter) {
    return (
      <p className="text-sm text-muted">
        <Trans>
          Finds failures with the filter <ItemLink id={{ kind: 'filter', name: summary.filter }} />
        </Trans>
      </p>
    )
  }
  if (summary.usedBy.length === 0) return null
  return (
    <p className="flex flex-wrap gap-x-2 text-sm text-muted">
      <Trans>Used by</Trans>
      {summary.usedBy.map((jail) => (
        <ItemLink key={jail} id={{ kind: 'jail', name: jail }} />
      ))}
    </p>
  )
}

function UnknownItem({ kind, name }: { kind: ListedKind; name: string }) {
  const { t } = useLingui()
  return (
    <>
      <PageHeader title={t`Not in the configuration`} />
      <ConfigNav />
      <Panel>
        <EmptyState
          title={
            <Trans>
              The files name no <HostileText text={name} className="font-mono" /> of this kind.
            </Trans>
          }
          action={
            <Link to="/config" search={{ kind: kind === 'jail' ? undefined : kind }} className="text-accent underline">
              <Trans>To the list</Trans>
            </Link>
          }
        >
          <Trans>Perhaps it was renamed or deleted, or the address has a mistake in it.</Trans>
        </EmptyState>
      </Panel>
    </>
  )
}

/** What holds for every jail that says nothing else. */
export function DefaultsPage() {
  const { t } = useLingui()
  const search = useSearch({ strict: false }) as ConfigItemSearch
  const { find = '', all = false } = search
  const navigate = useNavigate()
  const items = useQuery(itemsQuery)
  const any = items.data?.items.find((item) => item.id.kind === 'jail')?.id.name
  const jail = useQuery({ ...itemQuery('jail', any ?? ''), enabled: any !== undefined })
  const specs = useSpecs()
  const { allowed, reason } = useConfigChanging()
  const plan = useTrayPlan()
  const options = useMemo(() => defaultsOf(jail.data?.options ?? []), [jail.data])
  const error = items.error ?? jail.error ?? specs.error
  const change = (part: ConfigItemSearch) =>
    void navigate({ to: '/config/defaults', search: { ...search, ...part }, replace: true })
  return (
    <>
      <PageHeader title={t`Defaults of all jails`} asOf={jail.data?.asOf} />
      <ConfigNav />
      <p className="max-w-prose text-muted">
        <Trans>
          These values hold for every jail that does not set its own. They stand in the section [DEFAULT]; what you
          change here is written to BanGUI’s own file.
        </Trans>
      </p>
      {reason ? <p className="text-sm text-muted">{reason}</p> : null}
      {error ? <ConfigProblem problem={ApiProblem.from(error)} /> : null}
      {jail.data && specs.data ? (
        <OptionForm
          target="defaults"
          options={options}
          specs={specs.data}
          findings={plan?.findings.filter((one) => !one.item) ?? []}
          disabled={!allowed}
          all={all}
          search={find}
          onSearch={change}
        />
      ) : error || (items.data && any === undefined) ? null : (
        <Panel>
          <SkeletonRows rows={14} />
        </Panel>
      )}
    </>
  )
}
