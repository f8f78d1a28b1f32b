import { useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'

/** Who such an address can belong to, in words. */
export function useScopeNames(): Record<Schemas['ScopeName'], string> {
  const { t } = useLingui()
  return {
    public: t`public`,
    private: t`private: of a network that is not the internet`,
    loopback: t`loopback: this machine itself`,
    linkLocal: t`link-local: on the same wire only`,
    documentation: t`reserved for documentation`,
    multicast: t`multicast`,
    reserved: t`reserved`,
  }
}
