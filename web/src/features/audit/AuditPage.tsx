import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Fragment, useEffect, useState } from 'react'
import { ApiProblem, api, body, type Schemas } from '@/api/client'
import { keys } from '@/api/queries'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Input, Select } from '@/components/Field'
import { Icon } from '@/components/Icon'
import { PageHeader, Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { Table, Td, Th, ThActions, Tr } from '@/components/Table'
import { Address, CopyButton, HostileText, Time } from '@/components/Text'
import { instantOf, localOf } from '@/lib/local-time'
import { useZone } from '@/lib/zone'
import { type AuditSearch, auditRoute, OUTCOMES } from '@/routes/audit'
import { ACTIONS, OUTCOME_LABELS } from './actions'

type Action = Schemas['AuditActionName']

const PAGE_SIZE = 100

/** Who did what: newest first, filters in the URL. */
export function AuditPage() {
  const { t } = useLingui()
  const filters = auditRoute.useSearch()
  const list = useInfiniteQuery({
    queryKey: [...keys.audit, filters],
    queryFn: async ({ pageParam, signal }) =>
      body(
        await api.GET('/api/v1/audit', {
          // An action that this page does not know may be one of a newer server: that decides.
          params: {
            query: { ...filters, action: filters.action as Action | undefined, cursor: pageParam, limit: PAGE_SIZE },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: 0,
  })
  const entries = list.data?.pages.flatMap((page) => page.items)
  const filtered = Object.values(filters).some((value) => value !== undefined)
  return (
    <>
      <PageHeader
        title={t`Audit`}
        actions={
          <Button busy={list.isFetching && !list.isFetchingNextPage} onClick={() => void list.refetch()}>
            <Icon name="refresh" />
            <Trans>Load again</Trans>
          </Button>
        }
      />
      <Filters filters={filters} filtered={filtered} />
      {list.error ? <ProblemNote problem={ApiProblem.from(list.error)} onRetry={() => void list.refetch()} /> : null}
      {list.error && !entries ? null : (
        <Panel>
          {!entries ? (
            <SkeletonRows rows={12} />
          ) : entries.length === 0 ? (
            <EmptyState title={filtered ? t`Nothing matches` : t`Nothing has been done yet`}>
              {filtered
                ? t`Take a filter away to see more.`
                : t`Every change that somebody makes is written down here.`}
            </EmptyState>
          ) : (
            <Entries entries={entries} />
          )}
        </Panel>
      )}
      {list.hasNextPage ? (
        <Button className="self-center" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          <Trans>Load older ones</Trans>
        </Button>
      ) : entries && entries.length > PAGE_SIZE ? (
        <p className="self-center text-sm text-muted">
          <Trans>That is the beginning.</Trans>
        </p>
      ) : null}
    </>
  )
}

function Filters({ filters, filtered }: { filters: AuditSearch; filtered: boolean }) {
  const { t, i18n } = useLingui()
  const zone = useZone()
  const navigate = useNavigate()
  const change = (part: Partial<AuditSearch>) =>
    void navigate({ to: '/audit', search: { ...filters, ...part }, replace: true })
  return (
    <search className="grid grid-cols-2 items-end gap-2 sm:flex sm:flex-wrap">
      <UserFilter value={filters.user ?? ''} onChange={(user) => change({ user: user || undefined })} />
      <Select
        aria-label={t`Action`}
        className="sm:w-56"
        value={filters.action ?? ''}
        options={[
          { value: '', label: t`Every action` },
          ...Object.entries(ACTIONS).map(([value, label]) => ({ value, label: i18n._(label) })),
          ...(filters.action && !ACTIONS[filters.action] ? [{ value: filters.action, label: filters.action }] : []),
        ]}
        onChange={(action) => change({ action: action || undefined })}
      />
      <Select
        aria-label={t`Outcome`}
        className="sm:w-40"
        value={filters.outcome ?? ''}
        options={[
          { value: '', label: t`Every outcome` },
          ...OUTCOMES.map((value) => ({ value, label: i18n._(OUTCOME_LABELS[value].label) })),
        ]}
        onChange={(outcome) => change({ outcome: outcome || undefined })}
      />
      <label className="flex flex-col gap-1 text-xs text-muted sm:flex-row sm:items-center">
        <Trans>from</Trans>
        <Input
          type="datetime-local"
          className="sm:w-48"
          value={localOf(filters.from, zone)}
          onChange={(event) => change({ from: instantOf(event.target.value, zone) })}
        />
      </label>
      <label className="flex flex-col gap-1 text-xs text-muted sm:flex-row sm:items-center">
        <Trans>until</Trans>
        <Input
          type="datetime-local"
          className="sm:w-48"
          value={localOf(filters.until, zone)}
          onChange={(event) => change({ until: instantOf(event.target.value, zone) })}
        />
      </label>
      {filtered ? (
        <Button
          tone="ghost"
          onClick={() =>
            change({ user: undefined, action: undefined, outcome: undefined, from: undefined, until: undefined })
          }
        >
          <Icon name="close" />
          <Trans>Clear filters</Trans>
        </Button>
      ) : null}
    </search>
  )
}

/** Waits for a pause in the typing before it asks. */
function UserFilter({ value, onChange }: { value: string; onChange: (user: string) => void }) {
  const { t } = useLingui()
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    if (typed.trim() === value) return
    const timer = setTimeout(() => onChange(typed.trim()), 300)
    return () => clearTimeout(timer)
  }, [typed, value, onChange])
  return (
    <Input
      type="search"
      data-search
      aria-label={t`User`}
      placeholder={t`User`}
      className="col-span-2 sm:w-40"
      autoCapitalize="none"
      spellCheck={false}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  )
}

function Entries({ entries }: { entries: Schemas['AuditEntryBody'][] }) {
  const { t, i18n } = useLingui()
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  function toggle(id: string) {
    const next = new Set(open)
    if (!next.delete(id)) next.add(id)
    setOpen(next)
  }
  return (
    <Table label={t`Audit`}>
      <thead>
        <Tr>
          <Th>{t`When`}</Th>
          <Th>{t`Who`}</Th>
          <Th>{t`From`}</Th>
          <Th>{t`What`}</Th>
          <Th>{t`On`}</Th>
          <Th>{t`Outcome`}</Th>
          <ThActions />
        </Tr>
      </thead>
      <tbody>
        {entries.map((entry) => {
          const action = ACTIONS[entry.action]
          const outcome = OUTCOME_LABELS[entry.outcome]
          const isOpen = open.has(entry.id)
          return (
            <Fragment key={entry.id}>
              <Tr>
                <Td label={t`When`}>
                  <Time at={entry.at} absolute className="text-sm" />
                </Td>
                <Td label={t`Who`}>
                  <Actor actor={entry.actor} />
                </Td>
                <Td label={t`From`}>{entry.address ? <Address value={entry.address} /> : '–'}</Td>
                <Td label={t`What`}>
                  <span title={entry.action}>{action ? i18n._(action) : <HostileText text={entry.action} />}</span>
                </Td>
                <Td label={t`On`}>
                  <HostileText text={entry.target} className="break-all" />
                </Td>
                <Td label={t`Outcome`}>
                  <Badge tone={outcome.tone}>{i18n._(outcome.label)}</Badge>
                </Td>
                <Td className="text-right">
                  {Object.keys(entry.detail).length > 0 ? (
                    <Button tone="ghost" size="sm" aria-expanded={isOpen} onClick={() => toggle(entry.id)}>
                      <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} />
                      <Trans>Details</Trans>
                    </Button>
                  ) : null}
                </Td>
              </Tr>
              {isOpen ? (
                <Tr>
                  <Td colSpan={7}>
                    <Detail detail={entry.detail} />
                  </Td>
                </Tr>
              ) : null}
            </Fragment>
          )
        })}
      </tbody>
    </Table>
  )
}

function Actor({ actor }: { actor: Schemas['ActorBody'] }) {
  if (actor.kind === 'system') {
    return (
      <span className="text-muted">
        <Trans>BanGUI itself</Trans>
      </span>
    )
  }
  if (actor.kind === 'visitor') {
    return (
      <span className="text-muted">
        <Trans>not signed in</Trans>
        {actor.name ? (
          <>
            {': '}
            <HostileText text={actor.name} className="break-all" />
          </>
        ) : null}
      </span>
    )
  }
  return <HostileText text={actor.name ?? ''} />
}

function Detail({ detail }: { detail: Record<string, unknown> }) {
  const text = JSON.stringify(detail, null, 2)
  return (
    <div className="flex w-full min-w-0 items-start gap-1 py-1">
      <pre className="max-h-80 min-w-0 flex-1 overflow-auto font-mono text-xs whitespace-pre-wrap">
        {text.split('\n').map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of one unchanging text.
          <Fragment key={index}>
            <HostileText text={line} />
            {'\n'}
          </Fragment>
        ))}
      </pre>
      <CopyButton text={text} />
    </div>
  )
}
