import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Schemas } from '@/api/client'
import type { IconName } from '@/components/Icon'

type State = Schemas['JailState']

/** What can be done to a jail as a whole. */
export type Verb = 'start' | 'stop' | 'restart' | 'reload' | 'idle' | 'resume'

type VerbTexts = {
  label: MessageDescriptor
  /** What it means and does. */
  means: MessageDescriptor
  /** While it is under way. */
  doing: MessageDescriptor
  icon: IconName
  /** Asks first: it ends bans, or undoes what was changed. */
  asks: boolean
  danger?: boolean
}

export const VERBS: Record<Verb, VerbTexts> = {
  start: {
    label: msg`Start`,
    means: msg`Runs the jail as its configuration says. Bans whose time is not over come back.`,
    doing: msg`starting…`,
    icon: 'play',
    asks: false,
  },
  resume: {
    label: msg`Resume`,
    means: msg`Goes on reading its log and banning. Bans whose time has passed meanwhile end.`,
    doing: msg`resuming…`,
    icon: 'play',
    asks: false,
  },
  idle: {
    label: msg`Make idle`,
    means: msg`Pauses the jail: it reads no log and bans nobody. Bans in force stay, even past their time.`,
    doing: msg`becoming idle…`,
    icon: 'pause',
    asks: false,
  },
  reload: {
    label: msg`Reload…`,
    means: msg`Reads the configuration of this jail again. Bans stay; what was changed here while it ran is gone.`,
    doing: msg`reloading…`,
    icon: 'refresh',
    asks: true,
  },
  restart: {
    label: msg`Restart…`,
    means: msg`Stops the jail and starts it again. Its bans are lifted for a moment and then come back.`,
    doing: msg`restarting…`,
    icon: 'refresh',
    asks: true,
  },
  stop: {
    label: msg`Stop…`,
    means: msg`Ends the jail until it is started again: it watches nothing, and its bans end.`,
    doing: msg`stopping…`,
    icon: 'stop',
    asks: true,
    danger: true,
  },
}

/** What can be done to a jail in that state, the likeliest first. */
export function verbsFor(state: State): readonly Verb[] {
  if (state === 'stopped') return ['start']
  return state === 'idle' ? ['resume', 'reload', 'restart', 'stop'] : ['reload', 'idle', 'restart', 'stop']
}

export const STATES: Record<State, { word: MessageDescriptor; means: MessageDescriptor }> = {
  running: { word: msg`running`, means: msg`It watches its log and bans.` },
  idle: {
    word: msg`idle`,
    means: msg`It is paused: it reads no log and bans nobody. Bans in force stay, even past their time.`,
  },
  stopped: {
    word: msg`stopped`,
    means: msg`The configuration enables it, but fail2ban does not run it: nothing is watched and nobody is banned.`,
  },
}
