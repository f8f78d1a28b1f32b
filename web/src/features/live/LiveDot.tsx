import { Trans } from '@lingui/react/macro'
import { cx } from '@/lib/cx'
import { useLiveConnection, useLiveState } from './use-live'

const DOTS = { live: 'bg-good', reconnecting: 'bg-warning', off: 'bg-edge' }

/** Keeps the page's one stream open, and says how it is. */
export default function LiveDot() {
  const state = useLiveState()
  useLiveConnection()
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden="true" className={cx('size-2 rounded-full', DOTS[state])} />
      {state === 'live' ? (
        <Trans>Live feed on</Trans>
      ) : state === 'reconnecting' ? (
        <span className="font-medium text-warning">
          <Trans>Live feed reconnecting…</Trans>
        </span>
      ) : (
        <Trans>Live feed off</Trans>
      )}
    </span>
  )
}
