import { useLingui } from '@lingui/react/macro'
import { countryName, UNKNOWN_COUNTRY } from '@/lib/country'

/** The name of a country in the page's language. */
export function useCountryName(): (code: string | null | undefined) => string {
  const { i18n, t } = useLingui()
  return (code) => (!code || code === UNKNOWN_COUNTRY ? t`Unknown country` : countryName(i18n.locale, code))
}

/** A country as code and name; `short` leaves the name to the hover. */
export function Country({ code, short = false }: { code: string | null | undefined; short?: boolean }) {
  const name = useCountryName()(code)
  const known = code && code !== UNKNOWN_COUNTRY
  if (short) {
    return known ? (
      <abbr title={name} className="font-mono text-xs text-muted no-underline">
        {code}
      </abbr>
    ) : (
      <span className="text-muted">–</span>
    )
  }
  return (
    <span className="inline-flex min-w-0 items-baseline gap-1.5">
      <span className="w-5 shrink-0 font-mono text-xs text-muted">{known ? code : '–'}</span>
      <span className="truncate">{name}</span>
    </span>
  )
}
