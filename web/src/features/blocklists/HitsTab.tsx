import { Trans, useLingui } from '@lingui/react/macro'
import { AddressLink } from '@/components/AddressLink'
import { EmptyState } from '@/components/EmptyState'
import { Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { Table, Td, Th, Tr } from '@/components/Table'
import { Num } from '@/components/Text'
import { BlockingProblem } from '@/features/blocking/BlockingProblem'
import { useHits } from '@/features/blocking/use-hits'
import { Bytes } from './Bytes'
import { ListLinks } from './ListLinks'
import type { List } from './lists'

/** The addresses that were blocked most in the last day; with `only`, those of one list. */
export function HitsTab({ lists, only }: { lists: readonly List[]; only?: number }) {
  const { t } = useLingui()
  const { hits, counts, error, retry } = useHits()
  if (error) return <BlockingProblem error={error} onRetry={retry} />
  const top = hits?.top.filter((hit) => only === undefined || hit.lists.includes(only))
  return (
    <Panel title={only === undefined ? null : <Trans>Most blocked</Trans>}>
      {counts === false ? (
        <p className="px-3 py-2 text-muted">
          <Trans>Without a firewall nobody is blocked.</Trans>
        </p>
      ) : top === undefined ? (
        <SkeletonRows />
      ) : top.length === 0 && only !== undefined ? (
        <p className="px-3 py-2 text-muted">
          <Trans>Nobody of this list was blocked within the last day.</Trans>
        </p>
      ) : top.length === 0 ? (
        <EmptyState title={<Trans>Nobody was blocked within the last day.</Trans>}>
          <Trans>Whoever is blocked appears here, with the lists that name the address.</Trans>
        </EmptyState>
      ) : (
        <Table label={t`Most blocked addresses`}>
          <thead>
            <Tr>
              <Th>{t`Address`}</Th>
              <Th num>{t`Packets`}</Th>
              <Th num>{t`Amount`}</Th>
              <Th>{only === undefined ? t`On lists` : t`Also on`}</Th>
            </Tr>
          </thead>
          <tbody>
            {top.map((hit) => (
              <Tr key={hit.address}>
                <Td>
                  <AddressLink subject={hit.address} />
                </Td>
                <Td label={t`Packets`} num>
                  <Num value={hit.packets} />
                </Td>
                <Td label={t`Amount`} num>
                  <Bytes count={hit.bytes} />
                </Td>
                <Td label={only === undefined ? t`On lists` : t`Also on`}>
                  {hit.lists.length === 0 ? (
                    <span className="text-muted">
                      <Trans>on none now, or banned by hand</Trans>
                    </span>
                  ) : (
                    <ListLinks ids={hit.lists.filter((id) => id !== only)} lists={lists} />
                  )}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  )
}
