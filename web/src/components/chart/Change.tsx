import { Trans, useLingui } from '@lingui/react/macro'
import { formatPercent } from '@/lib/format'

/** How a number compares with the one of the period before. A sign and words, no colour: more bans are neither good nor bad. */
export function Change({ now, before }: { now: number; before: number }) {
  const { i18n } = useLingui()
  if (now === before) {
    return (
      <span className="text-muted">
        <span aria-hidden="true">=</span>
        <span className="sr-only">
          <Trans>as many as before</Trans>
        </span>
      </span>
    )
  }
  if (before === 0) {
    return (
      <span className="text-muted">
        <Trans>new</Trans>
      </span>
    )
  }
  const text = formatPercent(i18n.locale, Math.abs(now - before) / before)
  return (
    <span className="text-muted tabular-nums">
      <span aria-hidden="true">{now > before ? '▲' : '▼'}</span> {text}
      <span className="sr-only">
        {' '}
        {now > before ? <Trans>more than before</Trans> : <Trans>less than before</Trans>}
      </span>
    </span>
  )
}
