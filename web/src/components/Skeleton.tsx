import { Trans } from '@lingui/react/macro'
import { cx } from '@/lib/cx'

/** A grey bar where a text will be. */
export function Skeleton({ className }: { className?: string }) {
  return <span className={cx('skeleton h-3.5', className)} />
}

const WIDTHS = ['w-2/5', 'w-3/5', 'w-1/2', 'w-1/3', 'w-3/4', 'w-2/4'] as const

/** Grey rows as high as the real ones, so that nothing jumps when they come. */
export function SkeletonRows({ rows = 8 }: { rows?: number }) {
  return (
    <div role="status">
      <span className="sr-only">
        <Trans>Loading…</Trans>
      </span>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move.
        <div key={index} className="flex h-row items-center border-b px-3 last:border-0">
          <Skeleton className={WIDTHS[index % WIDTHS.length]} />
        </div>
      ))}
    </div>
  )
}
