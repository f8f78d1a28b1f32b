import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useCallback } from 'react'
import { ApiProblem } from '@/api/client'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Icon } from '@/components/Icon'
import { PageHeader, Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { scroller } from '@/components/page-scroll'
import { SkeletonRows } from '@/components/Skeleton'
import { Num } from '@/components/Text'
import { FilterBar } from '@/features/filters/FilterBar'
import { RangePicker } from '@/features/filters/RangePicker'
import { isFiltered } from '@/features/filters/search'
import { type HistoryPageSearch, historyRoute } from '@/routes/history'
import { AddressField } from './AddressField'
import { EventList } from './EventList'
import { ExportMenu } from './ExportMenu'
import { useHistory } from './use-history'

/** Below this many pixels somebody reads, and nothing may move by itself. */
const AT_TOP = 4
const atTop = () => (scroller()?.scrollTop ?? 0) < AT_TOP

/** All that happened, filtered as the URL says. */
export function HistoryPage() {
  const { t } = useLingui()
  const search = historyRoute.useSearch()
  const navigate = historyRoute.useNavigate()
  const change = (part: Partial<HistoryPageSearch>) => void navigate({ search: { ...search, ...part }, replace: true })
  return (
    <>
      <PageHeader title={t`History`} actions={<ExportMenu search={search} />} />
      <FilterBar value={search} fallback="all" events onChange={change}>
        <AddressField value={search.address ?? ''} onChange={(address) => change({ address })} />
        <RangePicker
          value={search}
          fallback="all"
          onChange={({ range, from, until }) => change({ range, from, until })}
        />
      </FilterBar>
      {/* Another search is another list: what was open or waited belongs to the old one. */}
      <Events
        key={JSON.stringify(search)}
        search={search}
        onOrder={() => change({ order: search.order === 'asc' ? undefined : 'asc' })}
      />
    </>
  )
}

function Events({ search, onOrder }: { search: HistoryPageSearch; onOrder: () => void }) {
  const { t } = useLingui()
  const { list, events, total, waiting, show } = useHistory(search, atTop)
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = list
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage])
  const narrowed = isFiltered(search) || Boolean(search.range || search.from || search.until)
  if (!events) {
    return list.error ? (
      <ProblemNote problem={ApiProblem.from(list.error)} onRetry={() => void list.refetch()} />
    ) : (
      <Panel>
        <SkeletonRows rows={14} />
      </Panel>
    )
  }
  return (
    <>
      {list.error ? <ProblemNote problem={ApiProblem.from(list.error)} onRetry={() => void list.refetch()} /> : null}
      <Panel
        title={
          <span className="text-sm font-normal text-muted" role="status">
            {total ? (
              <>
                <Num value={total.count} />
                {total.more ? '+' : null} <Plural value={total.count} one="event" other="events" />
              </>
            ) : null}
          </span>
        }
        actions={
          waiting > 0 ? (
            <Button
              size="sm"
              tone="primary"
              onClick={() => {
                show()
                scroller()?.scrollTo({ top: 0 })
              }}
            >
              <Icon name="up" />
              <Plural value={waiting} one="# new event" other="# new events" />
            </Button>
          ) : null
        }
      >
        {events.length === 0 ? (
          <EmptyState title={narrowed ? t`Nothing matches` : t`Nothing has happened yet`}>
            {narrowed
              ? t`Take a filter away or choose a longer time to see more.`
              : t`Each ban and each unban is written down here from the first start on.`}
          </EmptyState>
        ) : (
          <EventList
            events={events}
            oldestFirst={search.order === 'asc'}
            onOrder={onOrder}
            more={hasNextPage && !isFetchingNextPage && !isFetchNextPageError ? more : undefined}
            loading={isFetchingNextPage}
          />
        )}
      </Panel>
      {isFetchNextPageError ? (
        <Button className="self-center" onClick={more}>
          <Trans>Load more</Trans>
        </Button>
      ) : null}
    </>
  )
}
