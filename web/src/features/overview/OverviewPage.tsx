import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense, useEffect, useState } from 'react'
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
const Sections = lazy(withTexts(() => import('./Sections'), 'filters', 'health'))

/** What is going on, at one glance. */
export function OverviewPage() {
  const { t } = useLingui()
  const { status } = useStatus()
  const query = statsQuery(overviewRoute.useSearch())
  const painted = useAfterPaint(!useSeries(query).isPending)
  const bar = <Skeleton className="h-8 w-full max-w-xl" />
  return (
    <>
      <PageHeader title={t`Overview`} asOf={status?.asOf} />
      <div className="min-h-8">
        {painted ? (
          <Suspense fallback={bar}>
            <RangeAndFilters />
          </Suspense>
        ) : (
          bar
        )}
      </div>
      <Figures query={query} />
      {painted ? (
        <Suspense>
          <Sections query={query} />
        </Suspense>
      ) : null}
    </>
  )
}

/** True from the moment on that what is `ready` has been painted. */
function useAfterPaint(ready: boolean): boolean {
  const [painted, setPainted] = useState(false)
  useEffect(() => {
    if (!ready) return
    let timer: ReturnType<typeof setTimeout>
    // A frame is asked for before it is painted; what a timer does then comes after it.
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => setPainted(true))
    })
    // A hidden tab paints nothing, and should be complete when it is shown.
    const hidden = setTimeout(() => setPainted(true), 500)
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
      clearTimeout(hidden)
    }
  }, [ready])
  return painted
}
