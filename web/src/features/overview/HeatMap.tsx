import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { heatQuery } from '@/features/filters/queries'
import type { StatsSearch } from '@/features/filters/search'
import { formatNumber } from '@/lib/format'
import { Section } from './Section'

/** Shares of the accent colour, from nothing to most. */
const SHADES = [0, 14, 30, 48, 68, 90]
/** A Monday: only its weekday matters. */
const MONDAY = Date.UTC(2024, 0, 1)
const DAY_MS = 86_400_000
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

function shade(step: number): string {
  return `color-mix(in srgb, var(--accent-solid) ${SHADES[step] ?? 0}%, var(--raised))`
}

/** When they come: a table of weekday and hour, which colour only helps to read. */
export function HeatMap({ query }: { query: StatsSearch }) {
  const { t, i18n } = useLingui()
  const heat = useQuery(heatQuery(query))
  const name = (day: number, weekday: 'short' | 'long') =>
    new Intl.DateTimeFormat(i18n.locale, { weekday, timeZone: 'UTC' }).format(MONDAY + day * DAY_MS)
  return (
    <Section title={<Trans>When they come</Trans>} query={heat} rows={8}>
      {({ cells, timeZone }) => {
        const most = Math.max(0, ...cells.flat())
        const step = (bans: number) => (bans === 0 ? 0 : Math.max(1, Math.ceil((bans / most) * (SHADES.length - 1))))
        return (
          <div className="p-3">
            <table
              className="w-full table-fixed border-separate border-spacing-px"
              aria-label={t`Bans by weekday and hour`}
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
                      <td
                        // biome-ignore lint/suspicious/noArrayIndexKey: the index is the hour.
                        key={hour}
                        title={`${name(day, 'long')} ${hour}–${hour + 1}: ${formatNumber(i18n.locale, bans)}`}
                        className="h-5 rounded-xs"
                        style={{ background: shade(step(bans)) }}
                      >
                        <span className="sr-only">{bans}</span>
                      </td>
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
      }}
    </Section>
  )
}
