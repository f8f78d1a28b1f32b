import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useMemo, useState } from 'react'
import type { Schemas } from '@/api/client'
import { HistoryLink } from '@/features/filters/HistoryLink'
import { heatQuery } from '@/features/filters/queries'
import { filtersOf, type StatsSearch } from '@/features/filters/search'
import { formatNumber } from '@/lib/format'
import { hourKey, hoursOnce } from './hours'
import { Section } from './Section'

/** Shares of the accent colour, from nothing to most. */
const SHADES = [0, 14, 30, 48, 68, 90]
/** A Monday: only its weekday matters. */
const MONDAY = Date.UTC(2024, 0, 1)
const DAY_MS = 86_400_000
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const STEPS: Record<string, [day: number, hour: number]> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
}

function shade(step: number): string {
  return `color-mix(in srgb, var(--accent-solid) ${SHADES[step] ?? 0}%, var(--raised))`
}

/** When they come: a table of weekday and hour, which colour only helps to read. */
export function HeatMap({ query }: { query: StatsSearch }) {
  return (
    <Section title={<Trans>When they come</Trans>} query={useQuery(heatQuery(query))} rows={8}>
      {(heat) => <Week heat={heat} query={query} />}
    </Section>
  )
}

function Week({ heat, query }: { heat: Schemas['HeatBody']; query: StatsSearch }) {
  const { t, i18n } = useLingui()
  const { cells, timeZone, range } = heat
  const { from, until } = range
  const once = useMemo(() => hoursOnce({ from, until, timeZone }), [from, until, timeZone])
  const linked = (day: number, hour: number) => (cells[day]?.[hour] ?? 0) > 0 && once.has(hourKey(day, hour))
  const [at, setAt] = useState<readonly [day: number, hour: number]>()
  // One stop for Tab, and arrow keys from there: a week of them would stand in everybody's way.
  const stop =
    at && linked(...at)
      ? at
      : cells.flatMap((hours, day) => hours.map((_, hour) => [day, hour] as const)).find((one) => linked(...one))
  const most = Math.max(0, ...cells.flat())
  const step = (bans: number) => (bans === 0 ? 0 : Math.max(1, Math.ceil((bans / most) * (SHADES.length - 1))))
  const name = (day: number, weekday: 'short' | 'long') =>
    new Intl.DateTimeFormat(i18n.locale, { weekday, timeZone: 'UTC' }).format(MONDAY + day * DAY_MS)

  function onKeyDown(event: KeyboardEvent<HTMLTableElement>) {
    const move = STEPS[event.key]
    if (!move || !stop) return
    event.preventDefault()
    let [day, hour] = stop
    do {
      day += move[0]
      hour += move[1]
      if (day < 0 || day >= cells.length || hour < 0 || hour >= HOURS.length) return
    } while (!linked(day, hour))
    setAt([day, hour])
    event.currentTarget.querySelector<HTMLElement>(`[data-hour="${hourKey(day, hour)}"]`)?.focus()
  }

  return (
    <div className="p-3">
      <table
        className="w-full table-fixed border-separate border-spacing-px"
        aria-label={t`Bans by weekday and hour`}
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr className="text-xs text-muted">
            <th scope="col" className="w-8">
              <span className="sr-only">
                <Trans>Day</Trans>
              </span>
            </th>
            {HOURS.map((hour) => (
              <th key={hour} scope="col" className="overflow-visible text-left font-normal whitespace-nowrap">
                {hour % 6 === 0 ? hour : <span className="sr-only">{hour}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cells.map((hours, day) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the index is the weekday.
            <tr key={day}>
              <th scope="row" className="text-left text-xs font-normal text-muted">
                {name(day, 'short')}
              </th>
              {hours.map((bans, hour) => (
                <Hour
                  // biome-ignore lint/suspicious/noArrayIndexKey: the index is the hour.
                  key={hour}
                  id={hourKey(day, hour)}
                  says={`${name(day, 'long')} ${hour}–${hour + 1}`}
                  bans={bans}
                  colour={shade(step(bans))}
                  query={query}
                  when={once.get(hourKey(day, hour))}
                  stop={stop !== undefined && stop[0] === day && stop[1] === hour}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-2 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
        <span>0</span>
        <span aria-hidden="true" className="flex gap-px">
          {SHADES.map((part, index) => (
            <span key={part} className="h-2.5 w-4" style={{ background: shade(index) }} />
          ))}
        </span>
        <span>
          <Trans>{formatNumber(i18n.locale, most)} bans an hour of the week</Trans>
        </span>
        <span className="ml-auto">{timeZone}</span>
      </p>
    </div>
  )
}

type HourProps = {
  id: string
  /** Which day and hour, in words. */
  says: string
  bans: number
  colour: string
  query: StatsSearch
  /** When it was, where it was only once: then its bans are one list of events. */
  when: { from: string; until: string } | undefined
  /** Whether Tab stops at it. */
  stop: boolean
}

function Hour({ id, says, bans, colour, query, when, stop }: HourProps) {
  const { t, i18n } = useLingui()
  const count = formatNumber(i18n.locale, bans)
  return (
    <td
      title={when ? t`${says}: ${count}` : t`${says}: ${count} on all these days together`}
      className="h-5 rounded-xs"
      style={{ background: colour }}
    >
      {when && bans > 0 ? (
        <HistoryLink
          search={{ ...filtersOf(query), event: ['ban'], ...when }}
          className="block h-5 rounded-xs hover:outline-2 hover:outline-accent"
          tabIndex={stop ? 0 : -1}
          data-hour={id}
        >
          <span className="sr-only">{count}</span>
        </HistoryLink>
      ) : (
        <span className="sr-only">{count}</span>
      )}
    </td>
  )
}
