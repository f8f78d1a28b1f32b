import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useMay } from '@/shell/session'
import { stateQuery } from './queries'

/** Whether the configuration can be changed; the reason when not, as a sentence. */
export function useConfigChanging(): { allowed: boolean; reason: string | undefined } {
  const { t } = useLingui()
  const admin = useMay('admin')
  const readOnly = useQuery(stateQuery).data?.readOnly
  if (!admin)
    return {
      allowed: false,
      reason: t`Your role may look at the configuration, but not change it: that takes an admin.`,
    }
  if (readOnly) return { allowed: false, reason: t`The configuration cannot be written: ${readOnly}` }
  return { allowed: true, reason: undefined }
}
