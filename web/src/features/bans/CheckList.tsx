// biome-ignore-all lint/a11y/useSemanticElements: the rows stand in a box of their own, which no list element may hold.
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it.

import { Trans, useLingui } from '@lingui/react/macro'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Badge, type Tone } from '@/components/Badge'
import { HostileText, Num } from '@/components/Text'
import { cx } from '@/lib/cx'
import { visible } from '@/lib/hostile'
import { formatCount, hitText, isNetwork } from './ban-words'
import { type CheckCounts, type CheckLine, OUTCOMES } from './use-ban-check'

const TONES: Record<CheckLine['outcome'], Tone> = {
  ok: 'good',
  alreadyBanned: 'neutral',
  duplicate: 'neutral',
  needsConfirmation: 'warning',
  refused: 'danger',
  invalid: 'danger',
}

function Outcome({ outcome }: { outcome: CheckLine['outcome'] }): ReactNode {
  switch (outcome) {
    case 'ok':
      return <Trans>will be banned</Trans>
    case 'alreadyBanned':
      return <Trans>banned already</Trans>
    case 'duplicate':
      return <Trans>twice</Trans>
    case 'needsConfirmation':
      return <Trans>needs a yes</Trans>
    case 'refused':
      return <Trans>refused</Trans>
    case 'invalid':
      return <Trans>no address</Trans>
  }
}

type CheckListProps = { lines: readonly CheckLine[]; counts: CheckCounts; pending: boolean }

/** What would become of each line, problems first; virtual, for ten thousand of them. */
export function CheckList({ lines, counts, pending }: CheckListProps) {
  const { t } = useLingui()
  const [only, setOnly] = useState<CheckLine['outcome'] | null>(null)
  const present = OUTCOMES.filter((outcome) => counts[outcome] > 0)
  // A kind that has been mended away cannot be chosen any more.
  const chosen = only !== null && counts[only] > 0 ? only : null
  const shown = chosen === null ? lines : lines.filter((line) => line.outcome === chosen)
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => 32,
    overscan: 6,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice begins at its top.
  useEffect(() => {
    // Newer browsers return a promise from it, which is no clean-up.
    void box.current?.scrollTo(0, 0)
  }, [chosen])
  return (
    <div className={cx('flex min-h-0 flex-col gap-2', pending && 'opacity-60')}>
      <fieldset aria-label={t`Show only`} className="flex flex-wrap gap-1">
        {present.map((outcome) => (
          <button
            key={outcome}
            type="button"
            aria-pressed={chosen === outcome}
            className={cx(
              'inline-flex h-7 items-center gap-1.5 rounded-md border px-1.5',
              chosen === outcome ? 'border-edge bg-hover' : 'border-transparent hover:bg-hover',
            )}
            onClick={() => setOnly(chosen === outcome ? null : outcome)}
          >
            <span className="font-medium">
              <Num value={counts[outcome]} />
            </span>
            <Badge tone={TONES[outcome]}>
              <Outcome outcome={outcome} />
            </Badge>
          </button>
        ))}
      </fieldset>
      <div
        ref={box}
        tabIndex={0}
        role="list"
        aria-label={t`What would become of each line`}
        className="h-56 overflow-y-auto rounded-md border bg-surface"
      >
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const line = shown[item.index]
            return line ? (
              <div
                key={`${line.line} ${item.index}`}
                ref={virtual.measureElement}
                data-index={item.index}
                role="listitem"
                aria-setsize={shown.length}
                aria-posinset={item.index + 1}
                className="absolute inset-x-0 top-0 border-b border-line"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Line line={line} />
              </div>
            ) : null
          })}
        </div>
      </div>
    </div>
  )
}

function Line({ line }: { line: CheckLine }) {
  return (
    <div className="flex items-start gap-2 px-2 py-1.5">
      <span className="w-10 shrink-0 text-right text-xs leading-5 text-muted tabular-nums">{line.line}</span>
      <div className="min-w-0 flex-1">
        <code className="block truncate font-mono text-sm" title={visible(line.text)}>
          <HostileText text={line.target ?? line.text} />
        </code>
        <Why line={line} />
      </div>
      <Badge tone={TONES[line.outcome]}>
        <Outcome outcome={line.outcome} />
      </Badge>
    </div>
  )
}

/** What one should know beyond the one word. */
function Why({ line }: { line: CheckLine }) {
  const { i18n } = useLingui()
  const said: ReactNode[] = []
  const addresses = formatCount(i18n.locale, line.addresses)
  if (line.target && line.masked) {
    const written = visible(line.text)
    said.push(
      <Trans key="masked">
        {written} lies in this network, and the whole of it is meant: {addresses} addresses.
      </Trans>,
    )
  } else if (line.target && isNetwork(line.target) && line.outcome !== 'duplicate') {
    said.push(<Trans key="network">A network of {addresses} addresses.</Trans>)
  }
  if (line.outcome === 'duplicate' && line.duplicateOf) {
    said.push(<Trans key="duplicate">The same as line {line.duplicateOf}.</Trans>)
  }
  if (line.outcome === 'refused' || line.outcome === 'needsConfirmation') {
    for (const hit of line.hits) {
      said.push(<span key={`${hit.reason} ${hit.address}`}>{hitText(i18n, hit, line.target)}</span>)
    }
  }
  if (line.outcome === 'invalid') {
    said.push(
      <Trans key="invalid">
        This is not an address or network: write one such as 192.0.2.7, 2001:db8::7 or 192.0.2.0/24, with a prefix of at
        most 32, or 128 for IPv6.
      </Trans>,
    )
  } else if (line.message && line.hits.length === 0 && line.outcome !== 'duplicate') {
    said.push(<HostileText key="message" text={line.message} />)
  }
  if (said.length === 0) return null
  return <p className="flex flex-col text-sm break-words text-muted">{said}</p>
}
