import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { ApiProblem, type Schemas } from '@/api/client'
import { Badge } from '@/components/Badge'
import { Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { HostileText, Num } from '@/components/Text'
import { geoQuery } from './queries'

/** Where countries and networks come from: how old, under which licence, and what is wrong with a file. */
export function GeoSources() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(geoQuery)
  return (
    <Panel title={t`Countries and networks`}>
      <div className="flex max-w-3xl flex-col gap-4 px-3 py-3">
        {error ? <ProblemNote problem={ApiProblem.from(error)} onRetry={() => void refetch()} /> : null}
        {data?.items.map((source) => (
          <Source key={source.kind} source={source} />
        ))}
        <p className="text-sm text-muted">
          <Trans>
            Newer or finer data: put MMDB files into the folder that BANGUI_GEO_DIR names. They are found within a
            minute.
          </Trans>
        </p>
      </div>
    </Panel>
  )
}

function Source({ source }: { source: Schemas['GeoSourceBody'] }) {
  const { t } = useLingui()
  const { ageDays, ranges } = source
  return (
    <div className="flex flex-col gap-1">
      <h3 className="flex flex-wrap items-center gap-2 font-medium">
        {source.kind === 'country' ? t`Countries` : t`Networks`}
        <HostileText text={source.name} className="font-normal text-muted" />
        {source.supplied ? <Badge tone="accent">{t`your file`}</Badge> : null}
        {source.old ? <Badge tone="warning">{t`old`}</Badge> : null}
      </h3>
      <p className="text-sm text-muted">
        {typeof ageDays === 'number' ? <Plural value={ageDays} one="Made # day ago." other="Made # days ago." /> : null}{' '}
        {ranges ? (
          <Trans>
            <Num value={ranges} /> ranges of addresses.
          </Trans>
        ) : null}
      </p>
      <p lang="en" className="text-sm break-words text-muted">
        <HostileText text={source.licence} />
      </p>
      {source.problem ? (
        <p lang="en" className="text-sm break-words text-warning">
          <HostileText text={source.problem} />
        </p>
      ) : null}
    </div>
  )
}
