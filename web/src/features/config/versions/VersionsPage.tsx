import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ApiProblem } from '@/api/problem'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Select } from '@/components/Field'
import { Icon } from '@/components/Icon'
import { Menu } from '@/components/Menu'
import { PageHeader, Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { formatAbsolute, parseTime } from '@/lib/format'
import { useZone } from '@/lib/zone'
import { configVersionsRoute, type VersionsSearch } from '@/routes/config-versions'
import { ConfigNav } from '../ConfigNav'
import { ConfigProblem } from '../ConfigProblem'
import { useConfigChanging } from '../changing'
import { FileDiffs } from '../diff/FileDiffs'
import { diffQuery, stateQuery, versionsQuery } from '../queries'
import { archiveHref } from '../requests'
import { useTray } from '../tray/use-tray'
import type { Version } from '../types'
import { OutsideBanner } from './OutsideBanner'
import { VersionTable } from './VersionTable'

/** What the configuration was: who changed what, when, why, and what came of it. */
export function VersionsPage() {
  const { t } = useLingui()
  const { from, to } = configVersionsRoute.useSearch()
  const navigate = useNavigate()
  const list = useInfiniteQuery(versionsQuery)
  const state = useQuery(stateQuery).data
  const { allowed, reason } = useConfigChanging()
  const { add } = useTray()
  const versions = list.data?.pages.flatMap((page) => page.items)
  const compare = (search: VersionsSearch) => void navigate({ to: '/config/versions', search, replace: true })
  function restore(version: Version) {
    add({ change: 'restore', version: version.id })
    void navigate({ to: '/config/review' })
  }
  return (
    <>
      <PageHeader title={t`Versions of the configuration`} actions={<ExportMenu />} />
      <ConfigNav />
      {reason ? <p className="text-sm text-muted">{reason}</p> : null}
      {state && state.changedOutside.length > 0 ? <OutsideBanner state={state} allowed={allowed} /> : null}
      {list.error ? <ConfigProblem problem={ApiProblem.from(list.error)} onRetry={() => void list.refetch()} /> : null}
      {from !== undefined && versions ? (
        <Compare versions={versions} from={from} to={to} onChange={compare} onClose={() => compare({})} />
      ) : null}
      {list.error && !versions ? null : (
        <Panel>
          {!versions ? (
            <SkeletonRows rows={10} />
          ) : versions.length === 0 ? (
            <EmptyState title={<Trans>No version is kept yet.</Trans>}>
              <Trans>
                The first one is kept when BanGUI first looks at the files, and one for each change after that.
              </Trans>
            </EmptyState>
          ) : (
            <VersionTable
              versions={versions}
              current={state?.version ?? null}
              onCompare={(version, other) => compare({ from: version, to: other })}
              onRestore={allowed ? restore : undefined}
            />
          )}
        </Panel>
      )}
      {list.hasNextPage ? (
        <Button className="self-center" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          <Trans>Load older ones</Trans>
        </Button>
      ) : null}
    </>
  )
}

function ExportMenu() {
  const { t } = useLingui()
  const download = (masked: boolean) => () => window.location.assign(archiveHref(masked))
  return (
    <Menu
      label={t`Export`}
      items={[
        {
          label: t`For a ticket`,
          hint: t`All files with passwords and keys taken out, with versions and facts beside them.`,
          onSelect: download(true),
        },
        {
          label: t`As it is`,
          hint: t`All files byte for byte, with whatever secrets they hold.`,
          danger: true,
          onSelect: download(false),
        },
      ]}
    >
      <Trans>Export</Trans>
      <Icon name="chevronDown" />
    </Menu>
  )
}

type CompareProps = {
  versions: readonly Version[]
  from: number
  to: number | undefined
  onChange: (search: VersionsSearch) => void
  onClose: () => void
}

/** The difference of any two states. */
function Compare({ versions, from, to, onChange, onClose }: CompareProps) {
  const { t, i18n } = useLingui()
  const zone = useZone()
  const diff = useQuery(diffQuery(from, to ?? 'now'))
  const label = (version: Version) => {
    const at = parseTime(version.at)
    return `${version.id} · ${at === null ? '' : formatAbsolute(i18n.locale, at, zone)}`
  }
  const options = versions.map((version) => ({ value: String(version.id), label: label(version) }))
  const known = (id: number) =>
    options.some((one) => one.value === String(id)) ? [] : [{ value: String(id), label: String(id) }]
  return (
    <Panel
      title={<Trans>Compare</Trans>}
      actions={
        <Button tone="ghost" size="sm" square aria-label={t`Close the comparison`} onClick={onClose}>
          <Icon name="close" />
        </Button>
      }
    >
      <div className="flex flex-wrap items-center gap-2 border-b px-3 py-2">
        <Select
          aria-label={t`From version`}
          className="sm:w-72"
          value={String(from)}
          options={[...known(from), ...options]}
          onChange={(next) => onChange({ from: Number(next), to })}
        />
        <span aria-hidden="true">→</span>
        <Select
          aria-label={t`To version`}
          className="sm:w-72"
          value={to === undefined ? 'now' : String(to)}
          options={[{ value: 'now', label: t`as it is now` }, ...(to === undefined ? [] : known(to)), ...options]}
          onChange={(next) => onChange({ from, to: next === 'now' ? undefined : Number(next) })}
        />
      </div>
      {diff.error ? (
        <div className="p-3">
          <ConfigProblem problem={ApiProblem.from(diff.error)} onRetry={() => void diff.refetch()} />
        </div>
      ) : !diff.data ? (
        <SkeletonRows rows={5} />
      ) : diff.data.length === 0 ? (
        <p className="px-3 py-3 text-muted">
          <Trans>No difference: all files are the same.</Trans>
        </p>
      ) : (
        <FileDiffs files={diff.data} />
      )}
    </Panel>
  )
}
