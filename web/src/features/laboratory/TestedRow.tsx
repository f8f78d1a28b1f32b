import { Trans, useLingui } from '@lingui/react/macro'
import { memo, useMemo } from 'react'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { HostileText, Num } from '@/components/Text'
import { cx } from '@/lib/cx'
import { formatAbsolute, formatMoment, parseTime } from '@/lib/format'
import { visible } from '@/lib/hostile'
import { useZone } from '@/lib/zone'
import { type Part, parts } from './spans'
import type { TestedLine } from './test-request'
import { keyOf, nameOf, OUTCOMES, regexOf } from './words'

const GRID =
  'grid grid-cols-[auto_auto_minmax(0,1fr)_auto] items-start gap-x-3 gap-y-1 sm:grid-cols-[3rem_5rem_7.5rem_minmax(0,1fr)_auto]'

type TestedRowProps = {
  line: TestedLine
  /** Its regex is the chosen one. */
  marked: boolean
  onRegex: (key: string) => void
  /** Keeps it as a sample; left out where no filter is tried. */
  onKeep?: (line: TestedLine) => void
}

/** A line with what became of it. */
export const TestedRow = memo(function TestedRow({ line, marked, onRegex, onKeep }: TestedRowProps) {
  const { t, i18n } = useLingui()
  const { word, tone } = OUTCOMES[line.outcome]
  const regex = regexOf(line)
  const number = line.number
  return (
    <div
      className={cx(
        GRID,
        'border-b border-l-2 px-2 py-1.5 hover:bg-hover',
        marked ? 'border-l-accent bg-raised' : 'border-l-transparent',
      )}
    >
      <span className="pt-0.5 text-right font-mono text-xs text-muted">
        <Num value={line.number} />
      </span>
      <span>
        <span title={line.outcome === 'context' ? t`Matched, but counts only together with other lines` : undefined}>
          <Badge tone={tone}>{i18n._(word)}</Badge>
        </span>
      </span>
      <span className="min-w-0">
        {regex ? (
          <button
            type="button"
            aria-pressed={marked}
            className="font-mono text-xs text-accent hover:underline"
            title={t`Show this regex and its lines`}
            onClick={() => onRegex(keyOf(regex))}
          >
            {nameOf(regex)}
          </button>
        ) : null}
      </span>
      <div className="min-w-0 max-sm:col-span-full max-sm:row-start-2">
        <p className="font-mono text-xs/5 wrap-anywhere whitespace-pre-wrap">
          <Marked line={line} />
        </p>
        <Facts line={line} />
        {line.cut ? (
          <p className="text-xs text-warning">
            <Trans>The line was cut: it is longer.</Trans>
          </p>
        ) : null}
      </div>
      <span>
        {onKeep && !line.cut ? (
          <Button
            tone="ghost"
            square
            size="sm"
            aria-label={t`Keep line ${number} as a sample`}
            title={t`Keep as a sample`}
            onClick={() => onKeep(line)}
          >
            <Icon name="plus" />
          </Button>
        ) : null}
      </span>
    </div>
  )
})

/** The line with host and fields marked; which is which stands on hover and below. */
function Marked({ line }: { line: TestedLine }) {
  const cut = useMemo(() => parts(line.text, line.spans), [line])
  return cut.map((part, index) =>
    part.found.length === 0 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one unchanging line.
      <HostileText key={index} text={part.text} />
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one unchanging line.
      <Mark key={index} part={part} />
    ),
  )
}

function Mark({ part: { text, found } }: { part: Part }) {
  const { t } = useLingui()
  const names = found.map(({ name }) => visible(name)).join(', ')
  const exact = found.every((span) => span.exact)
  const is = (wanted: string) => found.some(({ name }) => name === wanted)
  return (
    <mark
      title={exact ? names : t`${names}: here or at another place with the same text`}
      className={cx(
        'rounded-sm text-fg',
        is('host') ? 'bg-warning-soft' : is('time') ? 'bg-raised' : 'bg-accent-soft',
        !exact && 'border-b border-dotted border-edge',
      )}
    >
      <HostileText text={text} />
    </mark>
  )
}

/** What was understood of the line: time, host, fields. */
function Facts({ line }: { line: TestedLine }) {
  const fields = Object.entries(line.fields)
  return (
    <dl className="mt-0.5 flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-muted [&>div]:flex [&>div]:min-w-0 [&>div]:gap-1.5 [&_dd]:min-w-0 [&_dd]:font-mono [&_dd]:break-all [&_dd]:text-fg">
      <div>
        <dt>
          <Trans>time</Trans>
        </dt>
        <dd>
          <Understood at={line.time} />
        </dd>
      </div>
      {line.host ? (
        <div>
          <dt>
            <Trans>host</Trans>
          </dt>
          <dd>
            <HostileText text={line.host} />
          </dd>
        </div>
      ) : null}
      {fields.map(([name, value]) => (
        <div key={name}>
          <dt>
            <HostileText text={name} />
          </dt>
          <dd>
            <HostileText text={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Understood({ at }: { at: string | null | undefined }) {
  const { i18n } = useLingui()
  const zone = useZone()
  const ms = parseTime(at)
  if (ms === null || !at) {
    return (
      <span className="font-sans text-warning">
        <Trans>no time understood</Trans>
      </span>
    )
  }
  return (
    <time dateTime={at} title={formatAbsolute(i18n.locale, ms, zone)}>
      {formatMoment(i18n.locale, ms, zone)}
    </time>
  )
}
