import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { RegexText } from '@/components/RegexText'
import { CopyButton, Num } from '@/components/Text'
import { cx } from '@/lib/cx'
import type { RegexReport } from './test-request'
import { keyOf, nameOf, type RegexId } from './words'

type RegexListProps = { report: RegexReport; chosen?: string; onChoose: (key: string | undefined) => void }

/** Each expression with how often it matched. Those that matched nothing stand out. */
export function RegexList({ report, chosen, onChoose }: RegexListProps) {
  // On narrow windows the lines come first; a regex that was chosen must be seen.
  const [open, setOpen] = useState(chosen !== undefined)
  const all = [...report.failregex, ...report.ignoreregex]
  const idle = all.filter((one) => one.matched === 0).length
  return (
    <div className="min-w-0 min-[75rem]:border-l">
      <Button
        tone="ghost"
        className="w-full justify-start border-b-line min-[75rem]:hidden"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name={open ? 'chevronDown' : 'chevronRight'} />
        <Plural value={all.length} one="# regex" other="# regexes" />
        {idle > 0 ? (
          <Badge tone="warning">
            <Trans>{idle} matched nothing</Trans>
          </Badge>
        ) : null}
      </Button>
      <div
        className={cx(
          'border-b min-[75rem]:sticky min-[75rem]:top-0 min-[75rem]:max-h-[calc(100dvh-6rem)] min-[75rem]:overflow-y-auto min-[75rem]:border-b-0',
          !open && 'max-[75rem]:hidden',
        )}
      >
        <Group kind="failregex" counts={report.failregex} chosen={chosen} onChoose={onChoose} />
        <Group kind="ignoreregex" counts={report.ignoreregex} chosen={chosen} onChoose={onChoose} />
      </div>
    </div>
  )
}

type GroupProps = Omit<RegexListProps, 'report'> & { kind: RegexId['kind']; counts: RegexReport['failregex'] }

function Group({ kind, counts, chosen, onChoose }: GroupProps) {
  const { t } = useLingui()
  if (counts.length === 0) return null
  return (
    <ol aria-label={kind}>
      {counts.map((count, index) => {
        const id = { kind, index }
        const key = keyOf(id)
        const name = nameOf(id)
        const on = key === chosen
        return (
          <li
            key={key}
            className={cx(
              'group/address flex items-start gap-1 border-b border-l-2 pr-1 last:border-b-0',
              on ? 'border-l-accent bg-raised' : 'border-l-transparent hover:bg-hover',
            )}
          >
            <button
              type="button"
              aria-pressed={on}
              title={t`Show the lines of ${name}`}
              className="flex min-w-0 flex-1 flex-col gap-0.5 px-2 py-1.5 text-left"
              onClick={() => onChoose(on ? undefined : key)}
            >
              <span className="flex items-center gap-2 text-xs">
                <span className="font-mono text-muted">{name}</span>
                {count.matched === 0 ? (
                  <Badge tone="warning">
                    <Trans>matched nothing</Trans>
                  </Badge>
                ) : (
                  <span>
                    <Num value={count.matched} /> <Plural value={count.matched} one="line" other="lines" />
                  </span>
                )}
              </span>
              <code
                className={cx(
                  'font-mono text-xs/5 wrap-anywhere whitespace-pre-wrap',
                  !on && 'line-clamp-2',
                  count.matched === 0 && 'text-muted',
                )}
              >
                <RegexText regex={count.regex} />
              </code>
            </button>
            <span className="pt-1">
              <CopyButton text={count.regex} quiet />
            </span>
          </li>
        )
      })}
    </ol>
  )
}
