import { plural } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { api, body, LOCAL_HOST } from '@/api/client'
import { keys } from '@/api/queries'
import { ConfirmDialog } from '@/components/Dialog'
import { HostileText } from '@/components/Text'
import { toast } from '@/components/toasts'
import { allRepairs, type Drift, extentOf, type Repair } from './drift'

type RepairDialogProps = { drift: Drift; repair: Repair; onClose: () => void }

/** Says what a repair does before it is done, and what is left afterwards. */
export function RepairDialog({ drift, repair, onClose }: RepairDialogProps) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  async function carryOut() {
    try {
      const now = body(
        await api.POST('/api/v1/hosts/{host}/firewall/repair', {
          params: { path: { host: LOCAL_HOST } },
          body: repair,
        }),
      )
      const left = allRepairs(now)
      if (!left) toast({ text: t`All that is banned is blocked now.` })
      else {
        const { missing, excess } = extentOf(now, left)
        const count = missing + excess
        toast({
          tone: 'danger',
          text: t`${plural(count, { one: '# difference is left.', other: '# differences are left.' })}`,
        })
      }
    } finally {
      await Promise.all(
        [keys.firewall, keys.bans, keys.ownBans].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
      )
    }
  }
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={<Trans>Repair the firewall</Trans>}
      verb={<Trans>Repair</Trans>}
      onConfirm={carryOut}
    >
      <div className="flex flex-col gap-2">
        {repair.jails.length > 0 ? <JailWords drift={drift} jails={repair.jails} /> : null}
        {repair.own ? (
          <p>
            <Trans>
              BanGUI’s own table is taken away and loaded anew with all lists and bans. For a moment it blocks nobody,
              and what it has counted begins at zero.
            </Trans>
          </p>
        ) : null}
      </div>
    </ConfirmDialog>
  )
}

function JailWords({ drift, jails }: { drift: Drift; jails: readonly string[] }) {
  const { missing, excess } = extentOf(drift, { jails: [...jails], own: false })
  return (
    <>
      <p className="font-medium">
        {jails.map((jail, index) => (
          <span key={jail}>
            {index > 0 ? ', ' : null}
            <HostileText text={jail} />
          </span>
        ))}
      </p>
      {missing > 0 ? (
        <p>
          <Plural value={missing} one="# address is banned again" other="# addresses are banned again" />
          {': '}
          <Trans>
            unbanned and banned by the jail’s own actions. Their ban time begins anew, and other actions, such as mails,
            run once more.
          </Trans>
        </p>
      ) : null}
      {excess > 0 ? (
        <p>
          <Plural
            value={excess}
            one="# address that is blocked and not banned is let through"
            other="# addresses that are blocked and not banned are let through"
          />
          {': '}
          <Trans>banned and unbanned once, which takes them out.</Trans>
        </p>
      ) : null}
    </>
  )
}
