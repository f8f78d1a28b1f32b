import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { ApiProblem } from '@/api/client'
import { jailsQuery } from '@/api/queries'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Select } from '@/components/Field'
import { Icon } from '@/components/Icon'
import { PageHeader, Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { QuickFilter } from '@/components/QuickFilter'
import { SkeletonRows } from '@/components/Skeleton'
import type { Sort } from '@/components/Table'
import { JAIL_SORTS, type JailSort, jailsRoute } from '@/routes/jails'
import { useChanging } from './changing'
import { JailTable } from './JailTable'
import { arrange } from './jail-order'
import { useJailControls } from './use-jail-controls'

/** Words read from A on, numbers from the largest on. */
function firstOrder(by: JailSort): 'asc' | 'desc' {
  return by === 'name' || by === 'state' ? 'asc' : 'desc'
}

/** All jails that the daemon runs or that the configuration enables. */
export function JailsPage() {
  const { t } = useLingui()
  const { search, sort: by = 'name', order = firstOrder(by) } = jailsRoute.useSearch()
  const navigate = jailsRoute.useNavigate()
  const { data, error, refetch } = useQuery(jailsQuery)
  const { reason, allowed } = useChanging()
  const controls = useJailControls()
  const sort = useMemo(() => ({ by, order }), [by, order])
  const shown = useMemo(() => (data ? arrange(data.items, search, sort) : []), [data, search, sort])
  const find = (next: string) =>
    void navigate({ search: (before) => ({ ...before, search: next || undefined }), replace: true })
  const onSort = (next: Sort<JailSort>) =>
    void navigate({
      search: (before) => ({
        ...before,
        sort: next.by === 'name' ? undefined : next.by,
        order: next.order === firstOrder(next.by) ? undefined : next.order,
      }),
      replace: true,
    })
  return (
    <>
      <PageHeader
        title={t`Jails`}
        asOf={data?.asOf}
        actions={
          <Button
            disabled={!allowed}
            title={reason ?? t`Reads the whole configuration again and applies it to every jail. Bans stay.`}
            onClick={controls.askReloadAll}
          >
            <Icon name="refresh" />
            <Trans>Reload all jails…</Trans>
          </Button>
        }
      />
      {error && !data ? <ProblemNote problem={ApiProblem.from(error)} onRetry={() => void refetch()} /> : null}
      {reason && data ? <p className="text-sm text-muted">{reason}</p> : null}
      <search className="flex flex-wrap items-center gap-2" aria-label={t`Filter the jails`}>
        <QuickFilter
          label={t`Filter by name`}
          placeholder={t`Name or part of one`}
          value={search ?? ''}
          onChange={find}
        />
        <div className="w-44 sm:hidden">
          <OrderSelect sort={sort} onSort={onSort} />
        </div>
        {data && data.items.length > 0 ? (
          <p role="status" className="text-sm text-muted">
            {search ? (
              <Trans>
                {shown.length} of {data.items.length} jails
              </Trans>
            ) : (
              <Plural value={data.items.length} one="# jail" other="# jails" />
            )}
          </p>
        ) : null}
      </search>
      {error && !data ? null : (
        <Panel>
          {!data ? (
            <SkeletonRows />
          ) : data.items.length === 0 ? (
            <NoJails known={Boolean(data.asOf)} />
          ) : shown.length === 0 ? (
            <EmptyState
              title={<Trans>No jail has this in its name.</Trans>}
              action={
                <Button onClick={() => find('')}>
                  <Trans>Clear the filter</Trans>
                </Button>
              }
            />
          ) : (
            <JailTable jails={shown} sort={sort} onSort={onSort} controls={controls} reason={reason} />
          )}
        </Panel>
      )}
      {data && data.items.length > 0 ? (
        <p className="text-xs text-muted">
          <Trans>
            “In all” counts since fail2ban started. “Failing now” are addresses with failures that are not banned yet.
          </Trans>
        </p>
      ) : null}
      {controls.dialog}
    </>
  )
}

/** The order on a phone, where the table has no headers. */
function OrderSelect({ sort, onSort }: { sort: Sort<JailSort>; onSort: (sort: Sort<JailSort>) => void }) {
  const { t } = useLingui()
  const labels: Record<JailSort, string> = {
    name: t`By name`,
    state: t`By state`,
    currentlyFailed: t`Most failing now`,
    totalFailed: t`Most failures`,
    currentlyBanned: t`Most banned now`,
    totalBanned: t`Most bans`,
  }
  return (
    <Select
      aria-label={t`Order`}
      value={sort.by}
      options={JAIL_SORTS.map((by) => ({ value: by, label: labels[by] }))}
      onChange={(by) => onSort({ by, order: firstOrder(by) })}
    />
  )
}

function NoJails({ known }: { known: boolean }) {
  if (!known) {
    return (
      <EmptyState title={<Trans>fail2ban has not answered yet.</Trans>}>
        <Trans>Its jails appear here as soon as it does.</Trans>
      </EmptyState>
    )
  }
  return (
    <EmptyState title={<Trans>fail2ban has no jails.</Trans>}>
      <Trans>
        Enable one in its configuration, for example <code className="font-mono">[sshd] enabled = true</code> in{' '}
        <code className="font-mono">/etc/fail2ban/jail.local</code>, then reload all jails.
      </Trans>
    </EmptyState>
  )
}
