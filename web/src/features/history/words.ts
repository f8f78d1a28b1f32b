import { useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'

/** Why a ban ended, in words. */
export function useCauseNames(): Record<Schemas['UnbanCauseName'], string> {
  const { t } = useLingui()
  return {
    expired: t`its time was over`,
    byHand: t`by hand`,
    flushed: t`fail2ban stopped or was flushed`,
    unknown: t`reason unknown`,
  }
}
