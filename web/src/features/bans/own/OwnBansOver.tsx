import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { api, body, LOCAL_HOST } from '@/api/client'
import { keys } from '@/api/queries'
import { AddressLink } from '@/components/AddressLink'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { Table, Td, Th, ThActions, Tr } from '@/components/Table'
import { HostileText, Time } from '@/components/Text'
import { BlockingProblem } from '@/features/blocking/BlockingProblem'
import { visible } from '@/lib/hostile'
import { useOwnActing } from '../acting'
import { openBanDialog } from '../open-ban-dialog'
import type { OwnBan } from './requests'

const PAGE = 100

/** Bans without a jail that are over, newest first, page by page. */
export function OwnBansOver({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const { allowed, reason } = useOwnActing()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...keys.ownBans, 'over'],
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam, signal }) =>
      body(
        await api.GET('/api/v1/hosts/{host}/own-bans', {
          params: { path: { host: LOCAL_HOST }, query: { ended: true, cursor: pageParam, limit: PAGE } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
  // The server tells of all there were: those in force stand in their own list.
  const over = data?.pages.flatMap((page) => page.items.filter((ban) => !ban.inForce))
  return (
    <Panel
      title={<Trans>Bans without a jail that are over</Trans>}
      actions={
        <Button size="sm" onClick={onClose}>
          <Trans>Close</Trans>
        </Button>
      }
    >
      {error && !data ? (
        <BlockingProblem error={error} onRetry={() => void refetch()} />
      ) : over === undefined ? (
        <SkeletonRows rows={4} />
      ) : over.length === 0 && !hasNextPage ? (
        <EmptyState title={<Trans>None is over yet.</Trans>} />
      ) : (
        <Table label={t`Bans without a jail that are over`}>
          <thead>
            <Tr>
              <Th>{t`Address`}</Th>
              <Th>{t`Why`}</Th>
              <Th>{t`By`}</Th>
              <Th>{t`Since`}</Th>
              <Th>{t`Ended`}</Th>
              <ThActions />
            </Tr>
          </thead>
          <tbody>
            {over.map((ban) => (
              <Tr key={ban.id}>
                <Td>
                  <AddressLink subject={ban.target} className="break-all" />
                </Td>
                <Td label={t`Why`}>
                  {ban.reason ? (
                    <HostileText text={ban.reason} className="wrap-anywhere" />
                  ) : (
                    <span className="text-muted">–</span>
                  )}
                </Td>
                <Td label={t`By`}>
                  <HostileText text={ban.by} />
                </Td>
                <Td label={t`Since`}>
                  <Time at={ban.since} />
                </Td>
                <Td label={t`Ended`}>
                  <End ban={ban} />
                </Td>
                <Td className="text-right">
                  <Button
                    size="sm"
                    disabled={!allowed}
                    title={reason}
                    aria-label={t`Ban again… ${visible(ban.target)}`}
                    onClick={() => openBanDialog({ text: ban.target, reason: ban.reason, where: 'own' })}
                  >
                    <Trans>Ban again…</Trans>
                  </Button>
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {hasNextPage ? (
        <div className="border-t px-3 py-2">
          <Button size="sm" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            <Trans>Load older</Trans>
          </Button>
        </div>
      ) : null}
    </Panel>
  )
}

function End({ ban }: { ban: OwnBan }) {
  if (!ban.endedAt) {
    return (
      <span>
        <Trans>
          ran out <Time at={ban.until} />
        </Trans>
      </span>
    )
  }
  const who = <HostileText text={ban.endedBy ?? ''} />
  return (
    <span>
      <Trans>
        <Time at={ban.endedAt} /> by {who}
      </Trans>
    </span>
  )
}
