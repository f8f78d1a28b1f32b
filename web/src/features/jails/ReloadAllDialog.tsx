import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { jailsQuery } from '@/api/queries'
import { toast } from '@/components/toasts'
import { visible } from '@/lib/hostile'
import { askAgain } from './ask-again'
import { JailDialog } from './JailDialog'
import type { Jail } from './jail-order'
import { reloadAll } from './requests'

/** The question before the whole configuration is read again, and what is wrong with it. */
export default function ReloadAllDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useLingui()
  const queryClient = useQueryClient()
  const jails = useQuery(jailsQuery).data?.items ?? []
  const names = (state: Jail['state']) => jails.filter((jail) => jail.state === state).map((jail) => visible(jail.name))
  const list = new Intl.ListFormat(i18n.locale, { type: 'conjunction' })
  const starting = list.format(names('stopped'))
  const waking = list.format(names('idle'))
  async function run() {
    try {
      const { running, started } = await reloadAll()
      const count = running.length
      const fresh = list.format(started.map(visible))
      toast({
        text: count === 1 ? t`Reloaded: 1 jail is running.` : t`Reloaded: ${count} jails are running.`,
        detail: started.length > 0 ? t`Started: ${fresh}` : undefined,
        key: 'reload all',
      })
    } finally {
      await askAgain(queryClient)
    }
  }
  return (
    <JailDialog
      title={<Trans>Reload all jails</Trans>}
      verb={<Trans>Reload all jails</Trans>}
      run={run}
      onClose={onClose}
    >
      <p>
        <Trans>
          Reads the whole configuration again and applies it to every jail. Bans stay; what was changed here while the
          jails ran is gone.
        </Trans>
      </p>
      {starting ? <p>{t`Enabled jails that are stopped start: ${starting}.`}</p> : null}
      {waking ? <p>{t`Idle jails go on working: ${waking}.`}</p> : null}
      <p className="text-muted">
        <Trans>
          The configuration is checked first: with a mistake in it nothing is touched, and you see what is wrong in
          which jail.
        </Trans>
      </p>
    </JailDialog>
  )
}
