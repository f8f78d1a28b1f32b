import { Trans, useLingui } from '@lingui/react/macro'

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
  const part = Math.abs(now - before) / before
  const text = new Intl.NumberFormat(i18n.locale, {
    style: 'percent',
    maximumFractionDigits: part < 0.1 ? 1 : 0,
    notation: part >= 100 ? 'compact' : 'standard',
  }).format(part)
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
