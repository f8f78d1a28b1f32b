import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { type QueryClient, useMutation, useMutationState, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { jailsQuery, keys } from '@/api/queries'
import type { MenuItem } from '@/components/Menu'
import { HostileText } from '@/components/Text'
import { toast } from '@/components/toasts'
import { visible } from '@/lib/hostile'
import { JailDialog } from './JailDialog'
import type { Jail } from './jail-order'
import { control, reloadAll, reloadJail } from './requests'
import { STATES, VERBS, type Verb, verbsFor } from './verbs'

const ALL = Symbol('all jails')
type Deed = { verb: Verb; jail: string }
type Asked = { verb: Verb; jail: string; failed?: ApiProblem } | typeof ALL
const KEY = ['jail control']

/** What the daemon says now, before anybody is told that something was done. */
export async function askAgain(queryClient: QueryClient): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: keys.jails }),
    queryClient.invalidateQueries({ queryKey: keys.status }),
    queryClient.invalidateQueries({ queryKey: keys.bans }),
  ])
}

export type JailControls = {
  /** Does it, after asking where it asks. */
  ask: (verb: Verb, jail: string) => void
  askReloadAll: () => void
  /** What is being done to a jail at the moment, by this page. */
  doing: (jail: string) => Verb | undefined
  items: (jail: Jail) => MenuItem[]
  /** Belongs into the page. */
  dialog: ReactNode
}

/** Starting, stopping and the like, with the questions before and the answers after. */
export function useJailControls(): JailControls {
  const { t, i18n } = useLingui()
  const [asked, setAsked] = useState<Asked | null>(null)
  const { mutateAsync } = useControl()
  const under = useMutationState({
    filters: { mutationKey: KEY, status: 'pending' },
    select: (mutation) => mutation.state.variables as Deed,
  })
  const ask = useCallback(
    (verb: Verb, jail: string) => {
      if (VERBS[verb].asks) return setAsked({ verb, jail })
      mutateAsync({ verb, jail }).catch((error: unknown) => setAsked({ verb, jail, failed: ApiProblem.from(error) }))
    },
    [mutateAsync],
  )
  const close = () => setAsked(null)
  return {
    ask,
    askReloadAll: useCallback(() => setAsked(ALL), []),
    doing: (jail) => under.find((deed) => deed.jail === jail)?.verb,
    items: (jail) => [
      { heading: t`${visible(jail.name)} is ${i18n._(STATES[jail.state].word)}` },
      ...verbsFor(jail.state).map((verb) => ({
        label: i18n._(VERBS[verb].label),
        hint: i18n._(VERBS[verb].means),
        icon: VERBS[verb].icon,
        danger: VERBS[verb].danger,
        onSelect: () => ask(verb, jail.name),
      })),
    ],
    dialog:
      asked === null ? null : asked === ALL ? (
        <ReloadAllDialog onClose={close} />
      ) : (
        <ControlDialog {...asked} run={() => mutateAsync({ verb: asked.verb, jail: asked.jail })} onClose={close} />
      ),
  }
}

function useControl() {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  return useMutation({
    mutationKey: KEY,
    mutationFn: async ({ verb, jail }: Deed) => {
      try {
        if (verb === 'reload') {
          await reloadJail(jail)
          return { name: jail, state: 'running' as const }
        }
        return await control(verb, jail)
      } finally {
        // Also after a failure: half of it may have been done.
        await askAgain(queryClient)
      }
    },
    onSuccess: ({ state }, { verb, jail }) => {
      const name = visible(jail)
      const text = {
        reload: t`${name} was reloaded and is running.`,
        restart: t`${name} was restarted and is running.`,
        start: t`${name} is running.`,
        resume: t`${name} is running again.`,
        idle: t`${name} is idle.`,
        stop: t`${name} is stopped.`,
      }[verb]
      const expected = { stop: 'stopped', idle: 'idle' }[verb as string] ?? 'running'
      if (state === expected) toast({ text, key: `jail ${jail}` })
      else toast({ text: t`${name} is not as it was asked to be.`, tone: 'danger', key: `jail ${jail}` })
    },
  })
}

type ControlDialogProps = Deed & { failed?: ApiProblem; run: () => Promise<unknown>; onClose: () => void }

function ControlDialog({ verb, jail, failed, run, onClose }: ControlDialogProps) {
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

function ReloadAllDialog({ onClose }: { onClose: () => void }) {
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
