import { plural } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api, body, LOCAL_HOST } from '@/api/client'
import { jailsQuery, keys } from '@/api/queries'
import { ConfirmDialog } from '@/components/Dialog'
import { Skeleton } from '@/components/Skeleton'
import { HostileText, Num } from '@/components/Text'
import { toast } from '@/components/toasts'

const WORDS = 'unban all'

/** Ends every ban of every jail. Says how many, and wants the words typed. */
export function UnbanAllDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const jails = useQuery({ ...jailsQuery, enabled: open }).data?.items
  const hit = jails?.filter((jail) => jail.counters.currentlyBanned > 0)
  const bans = hit?.reduce((sum, jail) => sum + jail.counters.currentlyBanned, 0)
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={t`Unban everything`}
      verb={t`Unban everything`}
      danger
      typed={WORDS}
      onConfirm={async () => {
        const { unbanned } = body(
          await api.POST('/api/v1/hosts/{host}/unbans/all', {
            params: { path: { host: LOCAL_HOST } },
            body: { confirm: WORDS },
          }),
        )
        toast({ text: t`Unbanned everything: ${plural(unbanned, { one: '# ban ended.', other: '# bans ended.' })}` })
        await Promise.all([
          queryClient.invalidateQueries({ queryKey: keys.bans }),
          queryClient.invalidateQueries({ queryKey: keys.status }),
          queryClient.invalidateQueries({ queryKey: keys.jails }),
        ])
      }}
    >
      {hit === undefined || bans === undefined ? (
        <Skeleton className="w-3/4" />
      ) : bans === 0 ? (
        <p>
          <Trans>Nothing is banned at the moment.</Trans>
        </p>
      ) : (
        <>
          <p>
            <strong className="font-semibold">
              <Plural value={bans} one="# ban" other="# bans" />
            </strong>{' '}
            <Plural value={hit.length} one="in # jail ends at once:" other="in # jails end at once:" />
          </p>
          <ul className="mt-2 max-h-40 overflow-y-auto rounded-md border px-3 py-1 text-sm">
            {hit.map((jail) => (
              <li key={jail.name} className="flex justify-between gap-4">
                <HostileText text={jail.name} className="truncate" />
                <Num value={jail.counters.currentlyBanned} />
              </li>
            ))}
          </ul>
          <p className="mt-2">
            <Trans>Every attacker among them may try again. This cannot be undone.</Trans>
          </p>
        </>
      )}
    </ConfirmDialog>
  )
}
