import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense } from 'react'
import { PageHeader } from '@/components/PageHeader'
import { Skeleton } from '@/components/Skeleton'
import { statsQuery } from '@/features/filters/search'
import { withTexts } from '@/i18n/i18n'
import { overviewRoute } from '@/routes/overview'
import { useStatus } from '@/shell/status'
import { Figures } from './Figures'
import { useSeries } from './series'

// Range, filters and everything under the figures come after them: the figures are what one looks for first.
const RangeAndFilters = lazy(withTexts(() => import('./RangeAndFilters'), 'filters'))
const Sections = lazy(withTexts(() => import('./Sections'), 'filters'))

/** What is going on, at one glance. */
export function OverviewPage() {
  const { t } = useLingui()
  const { status } = useStatus()
  const query = statsQuery(overviewRoute.useSearch())
  const { isPending } = useSeries(query)
  const bar = <Skeleton className="h-8 w-full max-w-xl" />
  return (
    <>
      <PageHeader title={t`Overview`} asOf={status?.asOf} />
      <div className="min-h-8">{isPending ? bar : <Suspense fallback={bar}>{<RangeAndFilters />}</Suspense>}</div>
      <Figures query={query} />
      {isPending ? null : (
        <Suspense>
          <Sections query={query} />
        </Suspense>
      )}
    </>
  )
}
