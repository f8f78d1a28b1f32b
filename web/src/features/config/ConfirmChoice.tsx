import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { keys } from '@/api/queries'
import { Button } from '@/components/Button'
import { useProblemToast } from '@/components/problem-toast'
import { useMay } from '@/shell/session'
import { useConfigProblemTitle } from './problem-titles'
import { configKeys } from './queries'
import { confirmVersion, revertVersion } from './requests'

/** Keeps a change that waits to be confirmed, or takes it back. */
export function ConfirmChoice({ version }: { version: number }) {
  const { t } = useLingui()
  const admin = useMay('admin')
  const queryClient = useQueryClient()
  const tell = useProblemToast(useConfigProblemTitle())
  const [busy, setBusy] = useState<'keep' | 'back' | null>(null)
  if (!admin) return null
  async function decide(what: 'keep' | 'back') {
    setBusy(what)
    try {
      if (what === 'keep') await confirmVersion(version)
      else await revertVersion(version)
    } catch (error) {
      tell(error)
    } finally {
      setBusy(null)
      for (const queryKey of [configKeys.all, keys.jails, keys.status]) void queryClient.invalidateQueries({ queryKey })
    }
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Button tone="primary" busy={busy === 'keep'} disabled={busy !== null} onClick={() => void decide('keep')}>
        {t`Keep it`}
      </Button>
      <Button busy={busy === 'back'} disabled={busy !== null} onClick={() => void decide('back')}>
        {t`Take it back`}
      </Button>
    </div>
  )
}
