import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { ApiProblem } from '@/api/client'
import { ErrorBoundary } from '@/components/ErrorBoundary'
import { Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'

type SectionProps<T> = {
  title: ReactNode
  actions?: ReactNode
  query: { data: T | undefined; error: unknown; refetch: () => unknown }
  /** As many rows as the content will have, so that nothing moves when it comes. */
  rows: number
  children: (data: T) => ReactNode
}

/** One part of the page: what is known stays while asking again fails, and a failing part takes no other down. */
export function Section<T>({ title, actions, query, rows, children }: SectionProps<T>) {
  const { data, error, refetch } = query
  return (
    <Panel title={title} actions={actions}>
      {error && data !== undefined ? (
        <p role="status" className="border-b bg-warning-soft px-3 py-1 text-sm text-warning">
          <Trans>Could not be loaded anew; this is the last that is known.</Trans>
        </p>
      ) : null}
      <ErrorBoundary>
        {data !== undefined ? (
          children(data)
        ) : error ? (
          <div className="p-3">
            <ProblemNote problem={ApiProblem.from(error)} onRetry={() => void refetch()} />
          </div>
        ) : (
          <SkeletonRows rows={rows} />
        )}
      </ErrorBoundary>
    </Panel>
  )
}

/** Nothing happened: one quiet line as high as the rows would be. */
export function Quiet({ rows, children }: { rows: number; children: ReactNode }) {
  return (
    <p
      className="flex items-center justify-center px-4 text-center text-muted"
      style={{ minHeight: `calc(var(--row) * ${rows})` }}
    >
      {children}
    </p>
  )
}
