import { Trans, useLingui } from '@lingui/react/macro'
import { memo, useState } from 'react'
import { Badge } from '@/components/Badge'
import { HostileText } from '@/components/Text'
import { cx } from '@/lib/cx'
import { formatAbsolute, formatMoment, parseTime } from '@/lib/format'
import { useZone } from '@/lib/zone'
import { Found } from './Found'
import type { LogLine } from './tail'
import { LEVEL_TONES, LEVEL_WORDS } from './words'

/** So many characters of a line are shown at first. */
const FIRST = 800

/** Side by side; under 640 px the text goes below its head. */
const GRID =
  'flex flex-wrap gap-x-3 sm:grid sm:grid-cols-[8.5rem_4.5rem_6.5rem_minmax(0,1fr)] px-3 py-0.5 font-mono text-xs/5 hover:bg-hover'

/** One line of the log, and what belongs to it. */
export const LogRow = memo(function LogRow({ line, find }: { line: LogLine; find?: string }) {
  return (
    <div className={GRID}>
      <Moment at={line.at} />
      <span className={line.level ? LEVEL_TONES[line.level] : 'text-muted'}>
        {line.level ? LEVEL_WORDS[line.level] : '–'}
      </span>
      <span className="truncate text-muted" title={line.logger ?? undefined}>
        {line.logger ? <HostileText text={line.logger} /> : null}
      </span>
      <div className="min-w-0 basis-full wrap-anywhere">
        <Text text={line.text} find={find} level={line.level} />
        {line.cut ? (
          <span className="ml-2 inline-flex font-sans">
            <Badge tone="warning">
              <Trans>cut: the line is longer in the log</Trans>
            </Badge>
          </span>
        ) : null}
      </div>
    </div>
  )
})

function Moment({ at }: { at: string | null | undefined }) {
  const { i18n, t } = useLingui()
  const zone = useZone()
  const ms = parseTime(at)
  if (ms === null || !at) {
    return (
      <span className="text-muted" title={t`No time that could be read`}>
        –
      </span>
    )
  }
  return (
    <time dateTime={at} title={formatAbsolute(i18n.locale, ms, zone)} className="whitespace-nowrap text-muted">
      {formatMoment(i18n.locale, ms, zone)}
    </time>
  )
}

function Text({ text, find, level }: { text: string; find?: string; level: LogLine['level'] }) {
  const [whole, setWhole] = useState(false)
  const hidden = whole ? 0 : Math.max(0, text.length - FIRST)
  const lines = (hidden > 0 ? text.slice(0, FIRST) : text).split('\n')
  return (
    <>
      {lines.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of one unchanging text.
        <span key={index} className={cx('block whitespace-pre-wrap', index > 0 && 'pl-4 text-muted', tone(level))}>
          <Found text={one} find={find} />
        </span>
      ))}
      {hidden > 0 ? (
        <button type="button" className="font-sans text-accent underline" onClick={() => setWhole(true)}>
          <Trans>… show {hidden} more characters</Trans>
        </button>
      ) : null}
    </>
  )
}

function tone(level: LogLine['level']): string | undefined {
  return level === 'debug' ? 'text-muted' : undefined
}
