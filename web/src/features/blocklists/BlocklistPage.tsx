import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Icon } from '@/components/Icon'
import { Menu } from '@/components/Menu'
import { PageHeader, Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { Address, Duration, HostileText, Num, Time, TimeLeft } from '@/components/Text'
import { AddressCount } from '@/features/blocking/Big'
import { BlockingProblem } from '@/features/blocking/BlockingProblem'
import { blocklistsQuery } from '@/features/blocking/queries'
import { useHits } from '@/features/blocking/use-hits'
import { visible } from '@/lib/hostile'
import { blocklistRoute } from '@/routes/blocklists'
import { useMay } from '@/shell/session'
import { NEW } from './draft'
import { HitsTab } from './HitsTab'
import { InJail, JailStands } from './JailStands'
import { ListBadges } from './ListBadges'
import { type List, packetsOf } from './lists'
import { OverlapsTab } from './OverlapsTab'
import { RunTable } from './RunTable'
import { TargetWords } from './TargetWords'
import { type ListDeeds, useListDeeds } from './use-list-deeds'
import { Waiting } from './Waiting'

const ListDialog = lazy(() => import('./ListDialog'))

/** One source: what it is, how its imports went, whom it blocks. */
export function BlocklistPage() {
  const { id } = blocklistRoute.useParams()
  // All of them are asked for anyway: there are at most a hundred, and what they have in common is told here.
  const { data, error, refetch } = useQuery(blocklistsQuery)
  const list = data?.items.find((one) => String(one.id) === id)
  if (list) return <KnownList key={id} list={list} lists={data?.items ?? []} />
  if (data) return <UnknownList />
  if (error) return <BlockingProblem error={error} onRetry={() => void refetch()} />
  return (
    <Panel>
      <SkeletonRows rows={6} />
    </Panel>
  )
}

function KnownList({ list, lists }: { list: List; lists: readonly List[] }) {
  const { t } = useLingui()
  const navigate = blocklistRoute.useNavigate()
  const admin = useMay('admin')
  const [editing, setEditing] = useState(false)
  const deeds = useListDeeds(() => void navigate({ to: '/blocklists' }))
  return (
    <>
      <PageHeader
        title={visible(list.name)}
        heading={
          <>
            <Link to="/blocklists" className="font-normal text-muted hover:text-fg hover:underline">
              <Trans>Blocklists</Trans>
            </Link>
            <span aria-hidden="true" className="mx-1.5 font-normal text-muted">
              /
            </span>
            <HostileText text={list.name} />
          </>
        }
        meta={<ListBadges list={list} />}
        actions={admin ? <Actions list={list} deeds={deeds} onEdit={() => setEditing(true)} /> : null}
      />
      {list.waiting ? <Waiting list={list} waiting={list.waiting} deeds={deeds} /> : null}
      <JailStands list={list} />
      <Facts list={list} />
      <h2 className="font-semibold">{t`Import log`}</h2>
      <RunTable list={list} />
      {list.enabled ? (
        <>
          <HitsTab lists={lists} only={list.id} />
          <OverlapsTab lists={lists} only={list.id} />
        </>
      ) : null}
      {deeds.dialog}
      {editing ? (
        <Suspense>
          <ListDialog list={list} start={NEW} onClose={() => setEditing(false)} />
        </Suspense>
      ) : null}
    </>
  )
}

function Actions({ list, deeds, onEdit }: { list: List; deeds: ListDeeds; onEdit: () => void }) {
  const { t } = useLingui()
  return (
    <>
      <Button
        busy={list.importing || deeds.doing(list) === 'import'}
        onClick={() => deeds.order('import', list)}
        title={list.enabled ? undefined : t`It is fetched and kept; nothing of it is blocked while it is off.`}
      >
        <Icon name="refresh" />
        <Trans>Import now</Trans>
      </Button>
      <Button onClick={onEdit}>
        <Trans>Edit…</Trans>
      </Button>
      <Menu
        label={t`More`}
        square
        items={[{ label: t`Delete…`, icon: 'close', danger: true, onSelect: () => deeds.askDelete(list) }]}
      >
        <Icon name="more" />
      </Menu>
    </>
  )
}

function Facts({ list }: { list: List }) {
  const { t } = useLingui()
  const { hits } = useHits()
  const { copy } = list
  return (
    <Panel>
      <dl className="grid gap-x-8 gap-y-1.5 px-3 py-2.5 md:grid-cols-2">
        <Fact label={t`Address of the list`}>
          <Address value={list.url} />
        </Fact>
        <Fact label={t`Networks`}>
          {copy ? (
            <>
              <Num value={copy.networks} />
              {copy.addresses ? (
                <span className="text-muted">
                  {' '}
                  <Trans>
                    with <AddressCount addresses={copy.addresses} /> addresses
                  </Trans>
                </span>
              ) : null}
            </>
          ) : (
            '–'
          )}
        </Fact>
        <Fact label={t`Fetched every`}>
          <Duration seconds={list.everySeconds} />
          {list.allowHttp ? (
            <span className="text-warning">
              {' '}
              <Trans>without encryption</Trans>
            </span>
          ) : null}
        </Fact>
        <Fact label={t`Copy in force`}>{copy ? <Time at={copy.at} /> : <Trans>none yet</Trans>}</Fact>
        <Fact label={t`Carried out by`}>
          <TargetWords list={list} /> <InJail list={list} />
        </Fact>
        <Fact label={t`Next in`}>{list.enabled && list.nextAt ? <TimeLeft until={list.nextAt} /> : '–'}</Fact>
        <Fact label={t`What is blocked`}>
          {list.direction === 'in' ? t`What comes from them` : t`What comes from them, and what goes to them`}
        </Fact>
        <Fact label={t`Blocked packets`}>{hits ? <Num value={packetsOf(hits).get(list.id) ?? 0} /> : '–'}</Fact>
        {list.note ? (
          <Fact label={t`Comment`}>
            <HostileText text={list.note} />
          </Fact>
        ) : null}
        <Fact label={t`Added`}>
          <Time at={list.createdAt} />
        </Fact>
      </dl>
    </Panel>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[8rem_minmax(0,1fr)] items-baseline gap-x-3">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  )
}

function UnknownList() {
  const { t } = useLingui()
  return (
    <>
      <PageHeader title={t`No such blocklist`} />
      <Panel>
        <EmptyState
          title={<Trans>There is no such blocklist.</Trans>}
          action={
            <Link to="/blocklists" className="text-accent underline">
              <Trans>To all blocklists</Trans>
            </Link>
          }
        >
          <Trans>Perhaps it was deleted, or the address has a mistake in it.</Trans>
        </EmptyState>
      </Panel>
    </>
  )
}
