import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useCallback, useState } from 'react'
import { ApiProblem } from '@/api/client'
import type { MenuItem } from '@/components/Menu'
import { toast } from '@/components/toasts'
import { visible } from '@/lib/hostile'
import { askAgain } from './ask-again'
import type { Jail } from './jail-order'
import { control, reloadJail } from './requests'
import { type Deed, underWay, useUnderWay } from './under-way'
import { STATES, VERBS, type Verb, verbsFor } from './verbs'

const ALL = Symbol('all jails')
type Asked = { verb: Verb; jail: string; failed?: ApiProblem } | typeof ALL

// The questions come with the first one that is asked: the list of jails is the first page that most people load.
const ReloadAllDialog = lazy(() => import('./ReloadAllDialog'))
const ControlDialog = lazy(() => import('./ControlDialog'))

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
  const carryOut = useCarryOut()
  const under = useUnderWay()
  const ask = useCallback(
    (verb: Verb, jail: string) => {
      if (VERBS[verb].asks) return setAsked({ verb, jail })
      carryOut({ verb, jail }).catch((error: unknown) => setAsked({ verb, jail, failed: ApiProblem.from(error) }))
    },
    [carryOut],
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
        <Suspense>
          <ReloadAllDialog onClose={close} />
        </Suspense>
      ) : (
        <Suspense>
          <ControlDialog {...asked} run={() => carryOut({ verb: asked.verb, jail: asked.jail })} onClose={close} />
        </Suspense>
      ),
  }
}

/** Does it, waits for what the daemon says then, and tells it. */
function useCarryOut(): (deed: Deed) => Promise<void> {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  return useCallback(
    async (deed) => {
      const { verb, jail } = deed
      const state = await underWay(
        deed,
        // Asked again after a failure, too: half of it may have been done.
        send(deed).finally(() => askAgain(queryClient)),
      )
      const name = visible(jail)
      const told: Record<Verb, [state: Jail['state'], text: string]> = {
        reload: ['running', t`${name} was reloaded and is running.`],
        restart: ['running', t`${name} was restarted and is running.`],
        start: ['running', t`${name} is running.`],
        resume: ['running', t`${name} is running again.`],
        idle: ['idle', t`${name} is idle.`],
        stop: ['stopped', t`${name} is stopped.`],
      }
      const [expected, text] = told[verb]
      const key = `jail ${jail}`
      if (state === expected) toast({ text, key })
      else toast({ text: t`${name} is not as it was asked to be.`, tone: 'danger', key })
    },
    [queryClient, t],
  )
}

async function send({ verb, jail }: Deed): Promise<Jail['state']> {
  if (verb !== 'reload') return (await control(verb, jail)).state
  const { running } = await reloadJail(jail)
  return running.includes(jail) ? 'running' : 'stopped'
}
