import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ApiProblem, type Schemas } from '@/api/client'
import { jailsQuery } from '@/api/queries'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Icon } from '@/components/Icon'
import { Menu } from '@/components/Menu'
import { PageHeader, Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { type Tab, Tabs } from '@/components/Tabs'
import { HostileText, Num } from '@/components/Text'
import { visible } from '@/lib/hostile'
import { type JailTab, jailRoute } from '@/routes/jail'
import { BanButton } from '../bans/BanButton'
import { ActionsTab } from './ActionsTab'
import { BannedTab } from './BannedTab'
import { useChanging } from './changing'
import { IgnoreTab } from './IgnoreTab'
import type { Jail } from './jail-order'
import { jailQuery } from './queries'
import { RegexesTab } from './RegexesTab'
import { AlarmBanner, Seen, useHealth } from './Seen'
import { SettingsTab } from './SettingsTab'
import { SourcesTab } from './SourcesTab'
import { StateBadge } from './StateBadge'
import { type JailControls, useJailControls } from './use-jail-controls'

/** One jail: its counters, its bans and all that it runs with. */
export function JailPage() {
  const { jail: name } = jailRoute.useParams()
  const list = useQuery(jailsQuery)
  const detail = useQuery(jailQuery(name))
  const problem = detail.error ? ApiProblem.from(detail.error) : null
  if (problem && isUnknown(problem)) return <UnknownJail name={name} />
  // The list is often there already; the counters of the newer answer are shown.
  const listed = list.data?.items.find((jail) => jail.name === name)
  const newer = detail.dataUpdatedAt >= list.dataUpdatedAt ? (detail.data ?? listed) : (listed ?? detail.data)
  return (
    <KnownJail
      key={name}
      name={name}
      jail={newer}
      asOf={newer === listed ? list.data?.asOf : detail.data?.asOf}
      detail={detail.data}
      problem={problem}
      onRetry={() => void detail.refetch()}
    />
  )
}

/** `invalid`: a name that no jail can have. */
function isUnknown(problem: ApiProblem): boolean {
  return problem.code === 'jail-not-found' || problem.code === 'invalid' || problem.code === 'not-found'
}

type KnownJailProps = {
  name: string
  jail: Jail | undefined
  asOf: string | null | undefined
  detail: Schemas['JailDetailBody'] | undefined
  problem: ApiProblem | null
  onRetry: () => void
}

function KnownJail({ name, jail, asOf, detail, problem, onRetry }: KnownJailProps) {
  const { t } = useLingui()
  const { tab = 'banned' } = jailRoute.useSearch()
  const navigate = jailRoute.useNavigate()
  const { allowed, reason, role } = useChanging()
  const controls = useJailControls()
  const doing = controls.doing(name)
  const tabs = useTabs(detail, jail)
  const health = useHealth(name)
  return (
    <>
      <PageHeader
        title={visible(name)}
        heading={
          <>
            <Link to="/jails" className="font-normal text-muted hover:text-fg hover:underline">
              <Trans>Jails</Trans>
            </Link>
            <span aria-hidden="true" className="mx-1.5 font-normal text-muted">
              /
            </span>
            <HostileText text={name} />
          </>
        }
        meta={jail ? <StateBadge state={jail.state} doing={doing} /> : null}
        asOf={asOf}
        actions={
          <>
            <Link
              to="/config/jails/$name"
              params={{ name }}
              className="inline-flex h-8 items-center rounded-md border border-edge bg-surface px-3 font-medium hover:bg-hover"
            >
              <Trans>Configuration</Trans>
            </Link>
            {jail && jail.state !== 'stopped' ? <BanButton jail={name} /> : null}
            {jail ? (
              <Menu
                label={t`Control ${visible(name)}`}
                title={reason}
                disabled={!allowed || doing !== undefined}
                items={controls.items(jail)}
              >
                <Trans>Control</Trans>
                <Icon name="chevronDown" />
              </Menu>
            ) : null}
          </>
        }
      />
      <Counters jail={jail} />
      {jail?.state === 'stopped' ? null : <Seen health={health} journal={detail?.source?.kind === 'journal'} />}
      {health ? <AlarmBanner alarms={health.alarms} /> : null}
      {jail ? <StateBanner jail={jail} controls={controls} allowed={allowed} reason={reason} /> : null}
      {reason && !role ? <p className="text-sm text-muted">{reason}</p> : null}
      {problem && detail ? <ProblemNote problem={problem} onRetry={onRetry} /> : null}
      <Tabs
        label={t`Parts of the jail`}
        tabs={tabs}
        value={tab}
        onChange={(next) => void navigate({ search: { tab: next === 'banned' ? undefined : next } })}
      >
        {tab === 'banned' && jail?.state !== 'stopped' ? (
          <BannedTab jail={name} />
        ) : detail ? (
          <DetailTab tab={tab} detail={detail} health={health} />
        ) : problem ? (
          <ProblemNote problem={problem} onRetry={onRetry} />
        ) : (
          <Panel>
            <SkeletonRows />
          </Panel>
        )}
      </Tabs>
      {controls.dialog}
    </>
  )
}

function useTabs(detail: Schemas['JailDetailBody'] | undefined, jail: Jail | undefined): Tab<JailTab>[] {
  const { t } = useLingui()
  const settings = detail?.settings
  const counted = (label: string, count: number | undefined): ReactNode => (
    <>
      {label}
      {count === undefined ? null : (
        <span className="text-xs text-muted">
          <Num value={count} />
        </span>
      )}
    </>
  )
  const running = jail !== undefined && jail.state !== 'stopped'
  return [
    { id: 'banned', label: counted(t`Banned`, running ? jail.counters.currentlyBanned : undefined) },
    { id: 'settings', label: t`Settings` },
    { id: 'sources', label: counted(t`Sources`, detail?.source?.entries.length) },
    {
      id: 'regexes',
      label: counted(t`Regexes`, settings ? settings.failRegex.length + settings.ignoreRegex.length : undefined),
    },
    { id: 'actions', label: counted(t`Actions`, settings?.actions.length) },
    { id: 'ignored', label: counted(t`Ignore list`, settings?.ignoreIp.length) },
  ]
}

type DetailTabProps = {
  tab: JailTab
  detail: Schemas['JailDetailBody']
  health: Schemas['JailHealthBody'] | undefined
}

function DetailTab({ tab, detail, health }: DetailTabProps) {
  const { settings, source, name } = detail
  if (tab === 'banned' || !settings) {
    return (
      <Panel>
        <EmptyState title={<Trans>Nothing to show while the jail is stopped.</Trans>}>
          <Trans>fail2ban tells only of running jails. Start it to see what it runs with.</Trans>
        </EmptyState>
      </Panel>
    )
  }
  if (tab === 'settings') return <SettingsTab jail={name} settings={settings} bans={detail.counters.currentlyBanned} />
  if (tab === 'sources') return <SourcesTab source={source ?? null} health={health} />
  if (tab === 'regexes') return <RegexesTab settings={settings} />
  if (tab === 'actions') return <ActionsTab actions={settings.actions} />
  return <IgnoreTab jail={name} settings={settings} />
}

function Counters({ jail }: { jail: Jail | undefined }) {
  const counters = jail?.state === 'stopped' ? undefined : jail?.counters
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-md border bg-line sm:grid-cols-4">
      <Counter label={<Trans>Failing now</Trans>} value={counters?.currentlyFailed} />
      <Counter label={<Trans>Failures in all</Trans>} value={counters?.totalFailed} />
      <Counter label={<Trans>Banned now</Trans>} value={counters?.currentlyBanned} />
      <Counter label={<Trans>Bans in all</Trans>} value={counters?.totalBanned} />
    </dl>
  )
}

function Counter({ label, value }: { label: ReactNode; value: number | undefined }) {
  return (
    <div className="bg-surface px-3 py-2">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="text-lg font-semibold">
        <Num value={value} />
      </dd>
    </div>
  )
}

type StateBannerProps = { jail: Jail; controls: JailControls; allowed: boolean; reason: string | undefined }

/** What a state other than running means, and the way out of it. */
function StateBanner({ jail, controls, allowed, reason }: StateBannerProps) {
  const busy = controls.doing(jail.name) !== undefined
  if (jail.state === 'idle') {
    return (
      <Banner
        tone="warning"
        title={<Trans>This jail is idle.</Trans>}
        actions={
          <Button
            size="sm"
            disabled={!allowed}
            title={reason}
            busy={busy}
            onClick={() => controls.ask('resume', jail.name)}
          >
            <Icon name="play" />
            <Trans>Resume</Trans>
          </Button>
        }
      >
        <Trans>
          It reads no log and bans nobody. Bans in force stay, even past their time, until it is resumed. A reload or a
          restart resumes it too.
        </Trans>
      </Banner>
    )
  }
  if (jail.state === 'stopped') {
    return (
      <Banner
        tone="warning"
        title={<Trans>This jail is stopped.</Trans>}
        actions={
          <Button
            size="sm"
            tone="primary"
            disabled={!allowed}
            title={reason}
            busy={busy}
            onClick={() => controls.ask('start', jail.name)}
          >
            <Icon name="play" />
            <Trans>Start</Trans>
          </Button>
        }
      >
        <Trans>
          The configuration enables it, but fail2ban does not run it: its log is not watched and nobody is banned by it.
          Started, it takes its settings from the configuration, and bans whose time is not over come back.
        </Trans>
      </Banner>
    )
  }
  return null
}

function UnknownJail({ name }: { name: string }) {
  const { t } = useLingui()
  return (
    <>
      <PageHeader title={t`No such jail`} />
      <Panel>
        <EmptyState
          title={
            <Trans>
              There is no jail <HostileText text={name} className="font-mono" />.
            </Trans>
          }
          action={
            <Link to="/jails" className="text-accent underline">
              <Trans>To all jails</Trans>
            </Link>
          }
        >
          <Trans>
            fail2ban does not run one of this name, and the configuration does not enable one. Perhaps it was renamed or
            removed, or the address has a mistake in it.
          </Trans>
        </EmptyState>
      </Panel>
    </>
  )
}
