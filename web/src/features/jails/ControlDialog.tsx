import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { ApiProblem } from '@/api/client'
import { jailsQuery } from '@/api/queries'
import { HostileText } from '@/components/Text'
import { JailDialog } from './JailDialog'
import type { Deed } from './under-way'
import { VERBS } from './verbs'

type ControlDialogProps = Deed & { failed?: ApiProblem; run: () => Promise<unknown>; onClose: () => void }

/** The question before a jail is stopped, restarted or reloaded; and the reasons why anything done to it failed. */
export default function ControlDialog({ verb, jail, failed, run, onClose }: ControlDialogProps) {
  const { i18n } = useLingui()
  const title = {
    start: (
      <Trans>
        Start <HostileText text={jail} />
      </Trans>
    ),
    resume: (
      <Trans>
        Resume <HostileText text={jail} />
      </Trans>
    ),
    idle: (
      <Trans>
        Make <HostileText text={jail} /> idle
      </Trans>
    ),
    reload: (
      <Trans>
        Reload <HostileText text={jail} />
      </Trans>
    ),
    restart: (
      <Trans>
        Restart <HostileText text={jail} />
      </Trans>
    ),
    stop: (
      <Trans>
        Stop <HostileText text={jail} />
      </Trans>
    ),
  }[verb]
  return (
    <JailDialog title={title} verb={title} danger={VERBS[verb].danger} failed={failed} run={run} onClose={onClose}>
      <p>{i18n._(VERBS[verb].means)}</p>
      {verb === 'stop' || verb === 'restart' ? <BansThatEnd verb={verb} jail={jail} /> : null}
      {verb === 'reload' || verb === 'restart' ? (
        <p className="text-muted">
          <Trans>
            The configuration is checked first: with a mistake in it nothing is touched, and you see what is wrong.
          </Trans>
        </p>
      ) : null}
    </JailDialog>
  )
}

/** How many bans the jail has now, as the daemon counts while the question stands. */
function BansThatEnd({ verb, jail }: { verb: 'stop' | 'restart'; jail: string }) {
  const jails = useQuery(jailsQuery).data
  const bans = jails?.items.find((one) => one.name === jail)?.counters.currentlyBanned
  if (bans === undefined) return null
  if (bans === 0) {
    return (
      <p>
        <Trans>It has no bans at the moment.</Trans>
      </p>
    )
  }
  return (
    <p className="font-medium">
      {verb === 'stop' ? (
        <Plural
          value={bans}
          one="# ban ends now. It comes back with the next start if its time is not over by then."
          other="# bans end now. They come back with the next start if their time is not over by then."
        />
      ) : (
        <Plural
          value={bans}
          one="# ban is lifted and set again."
          other="# bans are lifted and set again; with many bans that takes a while."
        />
      )}
    </p>
  )
}
