// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be virtual without losing its layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names the active row.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid handles the keys.

import { Trans, useLingui } from '@lingui/react/macro'
import { type MouseEvent, memo, type ReactNode } from 'react'
import { Icon } from '@/components/Icon'
import { useProblemTitle } from '@/components/ProblemNote'
import { Skeleton } from '@/components/Skeleton'
import { HostileText } from '@/components/Text'
import { useClock } from '@/lib/clock'
import { cx } from '@/lib/cx'
import { formatAbsolute, formatDuration, formatRelative, parseTime } from '@/lib/format'
import { visible } from '@/lib/hostile'
import { useZone } from '@/lib/zone'
import type { ActiveBan } from './ban-key'
import type { RowPhase } from './pending-unbans'

/** Cells side by side; under 640 px two lines: what is banned, then jail and times. Fixed widths, so that times stand below each other. */
export const GRID = {
  jail: 'grid items-center gap-x-1 sm:gap-x-2 grid-cols-[2.25rem_minmax(0,1fr)_4.85rem_5.25rem_2.25rem] sm:grid-cols-[2.25rem_minmax(13rem,2fr)_minmax(7rem,1.2fr)_8rem_minmax(11rem,14rem)_2.25rem]',
  plain:
    'grid items-center gap-x-1 sm:gap-x-2 grid-cols-[2.25rem_minmax(0,1fr)_4.85rem_5.25rem_2.25rem] sm:grid-cols-[2.25rem_minmax(13rem,2fr)_8rem_minmax(11rem,14rem)_2.25rem]',
}

/** What a row can ask for. One object for all rows and for ever, so that rows stay memoised. */
export type RowDeeds = {
  toggle: (index: number, range: boolean) => void
  openMenu: (index: number, anchor: HTMLElement) => void
  activate: (index: number) => void
  copy: (index: number) => void
  undo: (index: number) => void
  dismiss: (index: number) => void
  openJail: (index: number, event: MouseEvent) => void
}

export type BanRowProps = {
  id: string
  ban: ActiveBan
  index: number
  top: number
  height: number
  selected: boolean
  active: boolean
  copied: boolean
  selectable: boolean
  withJail: boolean
  /** The address of the jail's page: made once for all rows of a jail, a router's link in each row costs more than the row. */
  jailHref: string
  phase: RowPhase | undefined
  deeds: RowDeeds
}

/** Rows higher than this are cards: they have no header that says what a time is. */
const CARD = 40

const ROW =
  'group/row absolute contain-strict inset-x-0 top-0 border-b border-line sm:px-1 max-sm:content-center max-sm:gap-y-1 max-sm:px-1'

/** One ban. Plain cells: what is in a row decides how fast the list scrolls. */
export const BanRow = memo(function BanRow(row: BanRowProps) {
  const { ban, index, deeds, phase, selected, active } = row
  const { t } = useLingui()
  const subject = visible(ban.subject)
  const struck = phase && phase.kind !== 'failed' ? 'text-muted line-through' : undefined
  return (
    <div
      id={row.id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={cx(
        ROW,
        row.withJail ? GRID.jail : GRID.plain,
        selected ? 'bg-accent-soft' : 'hover:bg-hover',
        active && '-outline-offset-2 outline-accent group-focus/grid:outline-2',
      )}
      style={{ transform: `translateY(${row.top}px)`, height: row.height }}
      onClick={() => deeds.activate(index)}
    >
      <Cell className="flex justify-center max-sm:col-start-1 max-sm:row-span-2 max-sm:row-start-1">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={t`Select ${subject}`}
          checked={selected}
          disabled={!row.selectable}
          onChange={() => {}}
          onClick={(event: MouseEvent) => deeds.toggle(index, event.shiftKey)}
        />
      </Cell>
      <Cell className="flex min-w-0 items-center gap-1 max-sm:col-span-3 max-sm:col-start-2 max-sm:row-start-1">
        <code className={cx('truncate font-mono text-sm', struck)} title={subject}>
          <HostileText text={ban.subject} />
        </code>
        {ban.kind === 'network' ? (
          <span className="shrink-0 text-xs text-muted">
            <Trans>network</Trans>
          </span>
        ) : null}
        <button
          type="button"
          tabIndex={-1}
          aria-label={t`Copy ${subject}`}
          title={t`Copy`}
          className={cx(
            'inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:text-fg',
            !row.copied && 'opacity-0 group-hover/row:opacity-100',
          )}
          onClick={() => deeds.copy(index)}
        >
          <Icon name={row.copied ? 'check' : 'copy'} className={row.copied ? 'text-good' : undefined} />
        </button>
      </Cell>
      {row.withJail ? (
        <Cell className="min-w-0 truncate max-sm:col-start-2 max-sm:row-start-2 max-sm:text-sm">
          <a
            href={row.jailHref}
            tabIndex={-1}
            className={cx('hover:text-accent hover:underline', struck)}
            onClick={(event) => deeds.openJail(index, event)}
          >
            <HostileText text={ban.jail} />
          </a>
        </Cell>
      ) : null}
      <TimeCells
        ban={ban}
        narrow={row.height > CARD}
        column={row.withJail ? 'max-sm:col-start-3 max-sm:text-right' : 'max-sm:col-start-2'}
        phase={phase ? <Phase phase={phase} index={index} deeds={deeds} /> : null}
      />
      <Cell className="max-sm:col-start-5 max-sm:row-start-1">
        <button
          type="button"
          tabIndex={-1}
          data-row-menu
          aria-label={t`Actions for ${subject}`}
          aria-haspopup="menu"
          className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-raised hover:text-fg"
          onClick={(event) => deeds.openMenu(index, event.currentTarget)}
        >
          <Icon name="more" />
        </button>
      </Cell>
    </div>
  )
})

function Cell({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <div role="gridcell" className={className}>
      {children}
    </div>
  )
}

type TimeCellsProps = { ban: ActiveBan; narrow: boolean; column: string; phase: ReactNode }

/**
 * When it was banned, and the time left in words and as a bar. One subscription to the clock for all of it, drawn again only
 * when one of them changes: a list that is scrolled makes and drops thousands of these cells a second.
 */
function TimeCells({ ban, narrow, column, phase }: TimeCellsProps) {
  const { i18n, t } = useLingui()
  const zone = useZone()
  const from = parseTime(ban.bannedAt)
  const until = ban.permanent ? null : parseTime(ban.expiresAt)
  const shown = useClock((now) => {
    const ago = from === null ? '–' : formatRelative(i18n.locale, from, now)
    const left = until === null ? 0 : Math.max(0, Math.ceil((until - now) / 1_000))
    const span = from === null || until === null ? 0 : until - from
    const part = span > 0 && until !== null ? Math.round(Math.min(1, Math.max(0, (until - now) / span)) * 100) : -1
    return `${ago}\n${left}\n${part}`
  })
  const [ago, left, part] = shown.split('\n')
  const seconds = Number(left)
  const duration = formatDuration(i18n, until === null ? -1 : seconds)
  return (
    <>
      <Cell
        className={cx(
          'truncate text-muted max-sm:row-start-2 max-sm:text-sm',
          column,
          phase !== null && 'max-sm:hidden',
        )}
      >
        <time
          dateTime={ban.bannedAt ?? undefined}
          title={from === null ? undefined : formatAbsolute(i18n.locale, from, zone)}
        >
          {ago}
        </time>
      </Cell>
      <Cell
        className={cx(
          'min-w-0 max-sm:row-start-2 max-sm:text-sm',
          phase
            ? 'max-sm:col-span-3 max-sm:col-start-3'
            : 'flex items-center gap-2 max-sm:col-span-2 max-sm:col-start-4 max-sm:justify-end max-sm:pr-2',
        )}
      >
        {phase ?? (
          <>
            <time
              dateTime={ban.expiresAt ?? undefined}
              title={until === null ? undefined : formatAbsolute(i18n.locale, until, zone)}
              className="whitespace-nowrap tabular-nums sm:w-24"
            >
              {ban.permanent ? (
                duration
              ) : until === null ? (
                '–'
              ) : seconds === 0 ? (
                <span className="text-muted">{t`ending…`}</span>
              ) : narrow ? (
                t`${duration} left`
              ) : (
                duration
              )}
            </time>
            {Number(part) >= 0 ? (
              <span aria-hidden="true" className="hidden h-1 max-w-24 flex-1 rounded-sm bg-line sm:block">
                <span className="block h-1 rounded-sm bg-edge" style={{ width: `${part}%` }} />
              </span>
            ) : null}
          </>
        )}
      </Cell>
    </>
  )
}

function Phase({ phase, index, deeds }: { phase: RowPhase; index: number; deeds: RowDeeds }) {
  const dueAt = phase.kind === 'waiting' ? phase.dueAt : 0
  const seconds = useClock((now) => Math.max(0, Math.ceil((dueAt - now) / 1_000)))
  if (phase.kind === 'waiting') {
    return (
      <span className="flex items-center gap-2 whitespace-nowrap">
        <span className="text-muted tabular-nums">
          <Trans>unbanning in {seconds} s</Trans>
        </span>
        <button
          type="button"
          tabIndex={-1}
          className="font-medium text-accent hover:underline"
          onClick={() => deeds.undo(index)}
        >
          <Trans>Undo</Trans>
        </button>
      </span>
    )
  }
  if (phase.kind === 'sending') {
    return (
      <span className="text-muted">
        <Trans>unbanning…</Trans>
      </span>
    )
  }
  return <Failed phase={phase} index={index} deeds={deeds} />
}

function Failed({ phase, index, deeds }: { phase: RowPhase & { kind: 'failed' }; index: number; deeds: RowDeeds }) {
  const { t } = useLingui()
  const titleOf = useProblemTitle()
  const why = phase.problem ? titleOf(phase.problem) : t`fail2ban took the command and lists the address still.`
  return (
    <span className="flex min-w-0 items-center gap-1 text-danger" title={visible(why)}>
      <Icon name="warning" />
      <span className="truncate">{phase.problem ? <Trans>not unbanned</Trans> : <Trans>banned still</Trans>}</span>
      <span className="sr-only">
        <HostileText text={why} />
      </span>
      <button
        type="button"
        tabIndex={-1}
        aria-label={t`Dismiss`}
        className="inline-flex size-6 items-center justify-center rounded-sm hover:bg-raised"
        onClick={() => deeds.dismiss(index)}
      >
        <Icon name="close" />
      </button>
    </span>
  )
}

/** Where a row will be once it has been loaded. */
export function PendingRow({ top, height, index }: { top: number; height: number; index: number }) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="absolute inset-x-0 top-0 flex items-center border-b border-line px-3"
      style={{ transform: `translateY(${top}px)`, height }}
    >
      <div role="gridcell" className="w-full">
        <Skeleton className={index % 3 === 0 ? 'w-1/3' : index % 3 === 1 ? 'w-2/5' : 'w-1/4'} />
      </div>
    </div>
  )
}
