import { Trans, useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { Num } from '@/components/Text'

/** From so many digits on nobody counts them any more. */
const MOST_DIGITS = 15

/** A count that may be larger than any number: `65,536`, and `7.9 × 10²⁸` with all its digits on hover. */
export function Big({ digits }: { digits: string }) {
  const { i18n } = useLingui()
  if (!/^\d{1,60}$/.test(digits)) return digits
  const whole = new Intl.NumberFormat(i18n.locale).format(BigInt(digits))
  if (digits.length <= MOST_DIGITS) return <span className="tabular-nums">{whole}</span>
  const first = Number(`${digits[0]}.${digits.slice(1, 3)}`)
  const short = new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 1 }).format(first)
  return (
    <span title={whole} className="whitespace-nowrap">
      {short} × 10<sup>{digits.length - 1}</sup>
    </span>
  )
}

/** Addresses of both families; what there is none of is left out. */
export function AddressCount({ addresses }: { addresses: Schemas['AddressCounts'] }) {
  const { v4, v6 } = addresses
  if (v6 === '0') return <Num value={v4} />
  const six = <Big digits={v6} />
  const four = <Num value={v4} />
  // One element: in a cell that is a card's line, each would be a piece of its own.
  return (
    <span>
      {v4 === 0 ? (
        <Trans>{six} IPv6</Trans>
      ) : (
        <Trans>
          {four} IPv4 and {six} IPv6
        </Trans>
      )}
    </span>
  )
}
