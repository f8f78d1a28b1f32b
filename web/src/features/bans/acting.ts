import { useLingui } from '@lingui/react/macro'
import { useMay } from '@/shell/session'
import { useStatus } from '@/shell/status'

type Hindrance = 'role' | 'unreachable' | 'down'

/** What keeps bans from being set and ended at the moment. Wordless, so that any page may ask without bringing this area's texts. */
export function useHindrance(): Hindrance | undefined {
  const operator = useMay('operator')
  const { status, freshness } = useStatus()
  if (!operator) return 'role'
  if (freshness === 'reconnecting') return 'unreachable'
  if (status?.daemon.state === 'down') return 'down'
  return undefined
}

/** What keeps bans without a jail from being set and ended: they need no fail2ban. */
export function useOwnHindrance(): Hindrance | undefined {
  const hindrance = useHindrance()
  return hindrance === 'down' ? undefined : hindrance
}

/** Whether bans can be set and ended in jails at the moment; the reason when not, as a sentence. For pages that bring this area's texts. */
export function useActing(): { allowed: boolean; reason: string | undefined } {
  return useSaid(useHindrance())
}

/** The same of bans without a jail. */
export function useOwnActing(): { allowed: boolean; reason: string | undefined } {
  return useSaid(useOwnHindrance())
}

function useSaid(hindrance: Hindrance | undefined): { allowed: boolean; reason: string | undefined } {
  const { t } = useLingui()
  switch (hindrance) {
    case 'role':
      return { allowed: false, reason: t`Your role may look, but neither ban nor unban.` }
    case 'unreachable':
      return { allowed: false, reason: t`BanGUI does not answer at the moment.` }
    case 'down':
      return { allowed: false, reason: t`fail2ban is down at the moment.` }
    default:
      return { allowed: true, reason: undefined }
  }
}
