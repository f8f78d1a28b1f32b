import { useLingui } from '@lingui/react/macro'
import { memo, useEffect, useRef, useState } from 'react'
import { useClock } from '@/lib/clock'
import { copyText } from '@/lib/copy'
import { cx } from '@/lib/cx'
import { formatAbsolute, formatDuration, formatNumber, formatRelative, parseTime } from '@/lib/format'
import { pieces, visible } from '@/lib/hostile'
import { useZone } from '@/lib/zone'
import { Icon } from './Icon'

/** A time as `5 min ago`, kept fresh; date, seconds and zone on hover. `absolute` turns the two round. */
export const Time = memo(function Time({
  at,
  absolute = false,
  className,
}: {
  at: string | null | undefined
  absolute?: boolean
  className?: string
}) {
  const { i18n } = useLingui()
  const zone = useZone()
  const ms = parseTime(at)
  const relative = useClock((now) => (ms === null ? '' : formatRelative(i18n.locale, ms, now)))
  if (ms === null || !at) return <span className="text-muted">–</span>
  const full = formatAbsolute(i18n.locale, ms, zone)
  return (
    <time dateTime={at} title={absolute ? relative : full} className={cx('whitespace-nowrap', className)}>
      {absolute ? full : relative}
    </time>
  )
})

/** `10 min`, `1 h 5 min`, `permanent` for a negative number, a dash for none. */
export function Duration({ seconds }: { seconds: number | null | undefined }) {
  const { i18n } = useLingui()
  if (seconds === null || seconds === undefined) return <span className="text-muted">–</span>
  return <span className="whitespace-nowrap">{formatDuration(i18n, seconds)}</span>
}

/** The time that is left until then, kept fresh. */
export function TimeLeft({ until, permanent }: { until: string | null | undefined; permanent?: boolean }) {
  const { i18n } = useLingui()
  const zone = useZone()
  const ms = parseTime(until)
  const left = useClock((now) => (ms === null ? 0 : Math.max(0, Math.ceil((ms - now) / 1_000))))
  if (permanent) return <Duration seconds={-1} />
  if (ms === null || !until) return <span className="text-muted">–</span>
  return (
    <time dateTime={until} title={formatAbsolute(i18n.locale, ms, zone)} className="whitespace-nowrap tabular-nums">
      {formatDuration(i18n, left)}
    </time>
  )
}

/** A whole number with the language's separators. */
export function Num({ value }: { value: number | null | undefined }) {
  const { i18n } = useLingui()
  if (value === null || value === undefined) return <span className="text-muted">–</span>
  return <span className="tabular-nums">{formatNumber(i18n.locale, value)}</span>
}

/** Text from outside: characters that hide or reorder text are shown by their number, and its direction stays its own. */
export const HostileText = memo(function HostileText({ text, className }: { text: string; className?: string }) {
  return (
    <bdi className={className}>
      {pieces(text).map((piece, index) =>
        piece.hidden ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one unchanging text.
          <span key={index} className="mx-px rounded-sm bg-warning-soft px-0.5 font-mono text-xs text-warning">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  )
})

/** An address, a network, or what stands in its place, in the fixed-width face, with a button to copy it. */
export const Address = memo(function Address({ value, copy = true }: { value: string; copy?: boolean }) {
  return (
    <span className="group/address inline-flex max-w-full items-center gap-1">
      <code className="min-w-0 font-mono text-sm break-all">
        <HostileText text={value} />
      </code>
      {copy ? <CopyButton text={value} quiet /> : null}
    </span>
  )
})

/** Copies a text and says so for a moment. `quiet`: seen only on hover or focus of its group. */
export function CopyButton({ text, quiet = false }: { text: string; quiet?: boolean }) {
  const { t } = useLingui()
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const shown = visible(text)
  return (
    <button
      type="button"
      className={cx(
        'inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-hover hover:text-fg',
        quiet && state === 'idle' && 'opacity-0 group-hover/address:opacity-100 focus-visible:opacity-100',
      )}
      aria-label={t`Copy ${shown}`}
      title={state === 'failed' ? t`The browser refused to copy.` : t`Copy`}
      onClick={async () => {
        setState((await copyText(text)) ? 'copied' : 'failed')
        clearTimeout(timer.current)
        timer.current = setTimeout(() => setState('idle'), 1_500)
      }}
    >
      <Icon
        name={state === 'copied' ? 'check' : state === 'failed' ? 'warning' : 'copy'}
        className={state === 'copied' ? 'text-good' : undefined}
      />
    </button>
  )
}
