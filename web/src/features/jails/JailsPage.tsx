import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ApiProblem } from '@/api/client'
import { jailsQuery } from '@/api/queries'
import { EmptyState } from '@/components/EmptyState'
import { PageHeader, Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { Table, Td, Th, Tr } from '@/components/Table'
import { HostileText, Num } from '@/components/Text'

export function JailsPage() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(jailsQuery)
  return (
    <>
      <PageHeader title={t`Jails`} asOf={data?.asOf} />
      {error && !data ? <ProblemNote problem={ApiProblem.from(error)} onRetry={() => void refetch()} /> : null}
      <Panel>
        {!data ? (
          <SkeletonRows />
        ) : data.items.length === 0 ? (
          <EmptyState title={<Trans>No jails</Trans>} />
        ) : (
          <Table label={t`Jails`}>
            <thead>
              <Tr>
                <Th>{t`Jail`}</Th>
                <Th num>{t`Banned now`}</Th>
              </Tr>
            </thead>
            <tbody>
              {data.items.map((jail) => (
                <Tr key={jail.name}>
                  <Td label={t`Jail`}>
                    <Link to="/jails/$jail" params={{ jail: jail.name }} className="text-accent hover:underline">
                      <HostileText text={jail.name} />
                    </Link>
                  </Td>
                  <Td num label={t`Banned now`}>
                    <Num value={jail.counters.currentlyBanned} />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
    </>
  )
}
