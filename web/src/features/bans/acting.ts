import { useLingui } from '@lingui/react/macro'
import { useMay } from '@/shell/session'
import { useStatus } from '@/shell/status'

/** Whether bans can be set and ended at the moment; the reason when not, as a sentence. */
export function useActing(): { allowed: boolean; reason: string | undefined } {
  const { t } = useLingui()
  const operator = useMay('operator')
  const { status, freshness } = useStatus()
  if (!operator) return { allowed: false, reason: t`Your role may look, but neither ban nor unban.` }
  if (freshness === 'reconnecting') return { allowed: false, reason: t`BanGUI does not answer at the moment.` }
  if (status?.daemon.state === 'down') return { allowed: false, reason: t`fail2ban is down at the moment.` }
  return { allowed: true, reason: undefined }
}
