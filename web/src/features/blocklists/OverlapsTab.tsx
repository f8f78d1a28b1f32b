import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '@/api/client'
import { Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { Table, Td, Th, Tr } from '@/components/Table'
import { AddressCount } from '@/features/blocking/Big'
import { BlockingProblem } from '@/features/blocking/BlockingProblem'
import { overlapsQuery } from '@/features/blocking/queries'
import { formatPercent } from '@/lib/format'
import { ListLink } from './ListLinks'
import type { List } from './lists'
import { inOrder, shareOf, type Together } from './overlaps'

/** A smaller one would be shown as none. */
const LEAST_SHARE = 0.001

/** Lists that name the same addresses; with `only`, what others have in common with one. */
export function OverlapsTab({ lists, only }: { lists: readonly List[]; only?: number }) {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(overlapsQuery)
  if (error && !data) return <BlockingProblem error={error} onRetry={() => void refetch()} />
  const rows = data ? inOrder(data.items, lists, only) : undefined
  const share = only === undefined ? t`Share of the one` : t`Share of this list`
  return (
    <Panel title={only === undefined ? null : <Trans>In common with other lists</Trans>}>
      {rows === undefined ? (
        <SkeletonRows rows={4} />
      ) : rows.length === 0 ? (
        <p className="px-3 py-2 text-muted">
          {only === undefined ? (
            <Trans>No two lists have an address in common.</Trans>
          ) : (
            <Trans>No other list has an address of this one.</Trans>
          )}
        </p>
      ) : (
        <Table label={t`Lists with addresses in common`}>
          <thead>
            <Tr>
              {only === undefined ? <Th>{t`List`}</Th> : null}
              <Th>{t`Other list`}</Th>
              <Th num>{t`Addresses on both`}</Th>
              <Th num>{share}</Th>
              <Th num>{t`Share of the other`}</Th>
            </Tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Tr key={`${row.one.id} ${row.other.id}`}>
                {only === undefined ? (
                  <Td>
                    <ListLink id={row.one.id} name={row.one.name} />
                  </Td>
                ) : null}
                <Td label={only === undefined ? t`Other list` : undefined}>
                  <ListLink id={row.other.id} name={row.other.name} />
                </Td>
                <Td label={t`Addresses on both`} num>
                  <AddressCount addresses={row.addresses} />
                </Td>
                <Td label={share} num>
                  <Share row={row} of={row.one.copy?.addresses} />
                </Td>
                <Td label={t`Share of the other`} num>
                  <Share row={row} of={row.other.copy?.addresses} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  )
}

function Share({ row, of }: { row: Together; of: Schemas['AddressCounts'] | null | undefined }) {
  const { i18n } = useLingui()
  const share = shareOf(row.addresses, of)
  if (share === null) return '–'
  return share > 0 && share < LEAST_SHARE
    ? `< ${formatPercent(i18n.locale, LEAST_SHARE)}`
    : formatPercent(i18n.locale, share)
}
