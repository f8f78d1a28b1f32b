import { useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'

/** Where a ban came from, in words. */
export function useOriginNames(): Record<Schemas['EventBody']['origin'], string> {
  const { t } = useLingui()
  return { detected: t`detected`, manual: t`by hand`, blocklist: t`blocklist` }
}

export function useEventNames(): Record<Schemas['EventBody']['event'], string> {
  const { t } = useLingui()
  return { ban: t`ban`, unban: t`unban`, restored: t`restored` }
}

/** `AS64500 Example Net`; says so when no network is known. */
export function useNetworkName(): (asn: number | null | undefined, name: string | null | undefined) => string {
  const { t } = useLingui()
  return (asn, name) => (asn ? `AS${asn}${name ? ` ${name}` : ''}` : t`Unknown network`)
}
