import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useCallback } from 'react'
import { ApiProblem } from '@/api/client'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { ProblemNote } from '@/components/ProblemNote'
import { scroller } from '@/components/page-scroll'
import { SkeletonRows } from '@/components/Skeleton'
import { Num } from '@/components/Text'
import { HistoryLink } from '@/features/filters/HistoryLink'
import type { StatsSearch } from '@/features/filters/search'
import { EventList } from '@/features/history/EventList'
import { useHistory } from '@/features/history/use-history'

const atTop = () => (scroller()?.scrollTop ?? 0) === 0

type MapBansProps = { selected: StatsSearch; oldestFirst: boolean; onOrder: () => void }

/** Every ban of the selection, page after page: nothing is left out, however many there are. */
export default function MapBans({ selected, oldestFirst, onOrder }: MapBansProps) {
  const { t } = useLingui()
  const search = { ...selected, event: ['ban' as const] }
  const { list, events, total, waiting, show } = useHistory(
    { ...search, order: oldestFirst ? 'asc' : undefined },
    atTop,
  )
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = list
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage])
  if (!events) {
    return list.error ? (
      <div className="p-3">
        <ProblemNote problem={ApiProblem.from(list.error)} onRetry={() => void list.refetch()} />
      </div>
    ) : (
      <SkeletonRows rows={12} />
    )
  }
  if (events.length === 0) {
    return (
      <EmptyState title={<Trans>No bans</Trans>}>
        <Trans>Nobody was banned in this time. A longer range may show more.</Trans>
      </EmptyState>
    )
  }
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3 border-b px-3 pb-2 text-sm text-muted">
        {total ? (
          <HistoryLink search={search} className="text-accent hover:underline">
            {total.more ? (
              <Trans>
                More than <Num value={total.count} /> bans in the history
              </Trans>
            ) : (
              <Plural value={total.count} one="# ban in the history" other="All # bans in the history" />
            )}
          </HistoryLink>
        ) : null}
        {waiting > 0 ? (
          <Button size="sm" onClick={show}>
            <Trans>Show {waiting} new ones</Trans>
          </Button>
        ) : null}
      </p>
      <EventList
        label={t`Bans of the selection`}
        events={events}
        oldestFirst={oldestFirst}
        onOrder={onOrder}
        more={hasNextPage && !isFetchingNextPage && !isFetchNextPageError ? more : undefined}
        loading={isFetchingNextPage}
      />
      {isFetchNextPageError ? (
        <div className="p-3">
          <Button onClick={more}>
            <Trans>Load more</Trans>
          </Button>
        </div>
      ) : null}
    </>
  )
}
