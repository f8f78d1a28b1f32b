import { Trans } from '@lingui/react/macro'
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { ApiProblem } from '@/api/problem'
import { EmptyState } from '@/components/EmptyState'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'

/** A route that failed to load or to render. */
export function RegionError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <div className="mx-auto max-w-3xl p-4">
      <ProblemNote
        problem={ApiProblem.from(error)}
        onRetry={() => {
          reset()
          void router.invalidate()
        }}
      />
    </div>
  )
}

export function RegionPending() {
  return (
    <div className="p-4">
      <SkeletonRows />
    </div>
  )
}

export function NotFound() {
  return (
    <EmptyState
      title={<Trans>There is no such page.</Trans>}
      action={
        <Link to="/" className="text-accent underline">
          <Trans>To the start</Trans>
        </Link>
      }
    />
  )
}
