import { useLingui } from '@lingui/react/macro'
import { useMay } from '@/shell/session'
import { useStatus } from '@/shell/status'

/** Whether jails can be changed at the moment; the reason when not, as a sentence. */
export function useChanging(): { allowed: boolean; reason: string | undefined; role: boolean } {
  const { t } = useLingui()
  const admin = useMay('admin')
  const { status, freshness } = useStatus()
  const no = (reason: string) => ({ allowed: false, reason, role: admin })
  if (!admin) return no(t`Your role may look at jails, but not change them: that takes an admin.`)
  if (freshness === 'reconnecting') return no(t`BanGUI does not answer at the moment.`)
  if (status?.daemon.state === 'down') return no(t`fail2ban is down at the moment.`)
  return { allowed: true, reason: undefined, role: true }
}
