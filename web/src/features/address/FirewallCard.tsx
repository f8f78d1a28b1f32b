import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ApiProblem, api, body, type Schemas } from '@/api/client'
import { keys } from '@/api/queries'
import { AddressLink } from '@/components/AddressLink'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { HostileText, Time, TimeLeft } from '@/components/Text'
import { useOwnActing } from '@/features/bans/acting'
import { useOwnDeeds } from '@/features/bans/own/use-own-deeds'
import { useBlockingTitle } from '@/features/blocking/problem-titles'
import { Why } from '@/features/blocking/Why'
import { visible } from '@/lib/hostile'
import { Verdicts } from './Verdicts'

type Truth = Schemas['AddressTruth']

/** What is really done with an address: by the rules of the firewall, by lists, by bans without a jail and by the allowlist. */
export function FirewallCard({ address }: { address: string }) {
  const { t } = useLingui()
  const title = useBlockingTitle()
  const truth = useQuery({
    // With what else is known of it, so that a ban or its end asks anew.
    queryKey: [...keys.history, 'truth', address],
    queryFn: async ({ signal }) =>
      body(await api.GET('/api/v1/addresses/{ip}/truth', { params: { path: { ip: address } }, signal })),
    // Reading the firewall's rules costs something: asked once, and when somebody wants it again.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })
  const { data, error, isFetching, refetch, dataUpdatedAt } = truth
  return (
    <Panel
      title={t`Does the firewall block it?`}
      actions={
        <>
          {data ? (
            <span className="self-center text-sm text-muted">
              <Trans>
                as of <Time at={new Date(dataUpdatedAt).toISOString()} />
              </Trans>
            </span>
          ) : null}
          <Button size="sm" busy={isFetching} onClick={() => void refetch()}>
            <Icon name="refresh" />
            <Trans>Ask again</Trans>
          </Button>
        </>
      }
    >
      {error ? (
        <p role="status" className="px-3 py-2 text-sm text-muted">
          <Trans>It could not be asked:</Trans> {title(ApiProblem.from(error))}
        </p>
      ) : null}
      {data ? <Told truth={data} /> : error ? null : <SkeletonRows rows={3} />}
    </Panel>
  )
}

function Told({ truth }: { truth: Truth }) {
  const { t } = useLingui()
  const { verdicts, problem, lists, ownBans, allowed } = truth
  return (
    <>
      {verdicts.length > 0 ? (
        <Verdicts verdicts={verdicts} />
      ) : (
        <p className="px-3 py-2 text-sm text-muted">
          {problem ? (
            <>
              <Trans>It cannot be told:</Trans> <Why why={problem} />
            </>
          ) : (
            <Trans>The firewall has no rules that say anything about it.</Trans>
          )}
        </p>
      )}
      <dl className="flex flex-col gap-1.5 border-t px-3 py-2.5 text-sm">
        <Part label={t`Blocklists`}>
          {lists.length > 0 ? (
            <span className="flex flex-wrap gap-x-3">
              {lists.map((list) => (
                <Link
                  key={list.id}
                  to="/blocklists/$id"
                  params={{ id: String(list.id) }}
                  preload={false}
                  className="text-accent hover:underline"
                >
                  <HostileText text={list.name} />
                </Link>
              ))}
            </span>
          ) : (
            <span className="text-muted">{t`on none`}</span>
          )}
        </Part>
        <Part label={t`Bans without a jail`}>
          {ownBans.length > 0 ? <OwnBans bans={ownBans} /> : <span className="text-muted">{t`none`}</span>}
        </Part>
        <Part label={t`Allowlist`}>
          {allowed.length > 0 ? <Allowed entries={allowed} /> : <span className="text-muted">{t`not on it`}</span>}
        </Part>
      </dl>
    </>
  )
}

function Part({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid items-baseline gap-x-3 sm:grid-cols-[13rem_minmax(0,1fr)]">
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  )
}

function OwnBans({ bans }: { bans: Truth['ownBans'] }) {
  const { t } = useLingui()
  const { allowed, reason } = useOwnActing()
  const deeds = useOwnDeeds()
  return (
    <ul className="flex flex-col gap-1">
      {bans.map((ban) => (
        <li key={ban.id} className="flex flex-wrap items-center gap-x-3">
          <AddressLink subject={ban.target} />
          <span>
            <TimeLeft until={ban.until} permanent={!ban.until} />
          </span>
          <span className="text-muted">
            <Trans>
              by <HostileText text={ban.by} /> <Time at={ban.since} />
            </Trans>
          </span>
          {ban.reason ? <HostileText text={ban.reason} className="wrap-anywhere" /> : null}
          <Button
            size="sm"
            busy={deeds.ending.has(ban.id)}
            disabled={!allowed}
            title={reason}
            aria-label={t`Unban ${visible(ban.target)}`}
            onClick={() => void deeds.end([ban])}
          >
            <Trans>Unban</Trans>
          </Button>
        </li>
      ))}
    </ul>
  )
}

function Allowed({ entries }: { entries: Truth['allowed'] }) {
  const { t } = useLingui()
  return (
    <ul className="flex flex-col gap-1">
      {entries.map((entry) => (
        <li key={entry.id} className="flex flex-wrap items-center gap-x-3">
          <Link
            to="/allowlist"
            search={{ search: entry.subject }}
            preload={false}
            className="font-mono text-sm text-accent hover:underline"
          >
            <HostileText text={entry.subject} />
          </Link>
          <span>{entry.expiresAt ? <TimeLeft until={entry.expiresAt} /> : t`for good`}</span>
          {entry.note ? <HostileText text={entry.note} className="wrap-anywhere" /> : null}
        </li>
      ))}
    </ul>
  )
}
