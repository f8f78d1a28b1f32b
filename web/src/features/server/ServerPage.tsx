import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ApiProblem } from '@/api/client'
import { PageHeader, Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { ConfigNav } from '@/features/config/ConfigNav'
import { ConfigProblem } from '@/features/config/ConfigProblem'
import { useConfigChanging } from '@/features/config/changing'
import { OptionForm } from '@/features/config/fields/OptionForm'
import { itemQuery } from '@/features/config/queries'
import { useSpecs } from '@/features/config/translated/words'
import { type ConfigServerSearch, configServerRoute } from '@/routes/config-server'
import { RestartPanel } from './RestartPanel'

const DAEMON = { item: { kind: 'server', name: 'fail2ban' } } as const

/** The settings of the daemon itself: its log, its database. */
export function ServerPage() {
  const { t } = useLingui()
  const search = configServerRoute.useSearch()
  const navigate = configServerRoute.useNavigate()
  const { allowed, reason } = useConfigChanging()
  const item = useQuery(itemQuery('server', DAEMON.item.name))
  const specs = useSpecs()
  const change = (part: ConfigServerSearch) => void navigate({ search: { ...search, ...part }, replace: true })
  const error = item.error ?? specs.error
  return (
    <>
      <PageHeader
        title={t`fail2ban itself`}
        asOf={item.data?.asOf}
        actions={
          <Link to="/log" className="self-center text-accent underline">
            <Trans>fail2ban’s log</Trans>
          </Link>
        }
      />
      <ConfigNav />
      <RestartPanel />
      {reason ? <p className="text-sm text-muted">{reason}</p> : null}
      {error ? (
        <ConfigProblem
          problem={ApiProblem.from(error)}
          onRetry={() => {
            void item.refetch()
            void specs.refetch()
          }}
        />
      ) : null}
      {item.data && specs.data ? (
        <OptionForm
          target={DAEMON}
          options={item.data.options}
          specs={specs.data}
          findings={item.data.findings}
          disabled={!allowed}
          all={!search.set}
          search={search.find ?? ''}
          onSearch={(next) =>
            change({
              ...('find' in next ? { find: next.find } : {}),
              ...('all' in next ? { set: next.all ? undefined : true } : {}),
            })
          }
        />
      ) : error ? null : (
        <Panel>
          <SkeletonRows rows={8} />
        </Panel>
      )}
    </>
  )
}
