import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { ApiProblem } from '@/api/client'
import { settingsQuery } from '@/api/settings'
import { PageHeader, Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { GeoSources } from './GeoSources'
import { SettingsForm } from './SettingsForm'

/** What holds for BanGUI itself; what fail2ban does is its configuration. */
export function SettingsPage() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(settingsQuery)
  return (
    <>
      <PageHeader title={t`Settings`} />
      {error ? <ProblemNote problem={ApiProblem.from(error)} onRetry={() => void refetch()} /> : null}
      {data ? <SettingsForm known={data} /> : null}
      {!data && !error ? (
        <Panel>
          <SkeletonRows rows={6} />
        </Panel>
      ) : null}
      <GeoSources />
    </>
  )
}
