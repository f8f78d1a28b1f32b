import { useLingui } from '@lingui/react/macro'

const UNITS = ['B', 'kB', 'MB', 'GB'] as const

/** `59 kB`, with one digit more below ten. */
export function Bytes({ count }: { count: number }) {
  const { i18n } = useLingui()
  const at = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(count, 1)) / 3))
  const value = count / 1_000 ** at
  const maximumFractionDigits = at > 0 && value < 10 ? 1 : 0
  return (
    <span className="whitespace-nowrap">
      {new Intl.NumberFormat(i18n.locale, { maximumFractionDigits }).format(value)} {UNITS[at]}
    </span>
  )
}
