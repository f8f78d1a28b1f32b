import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Schemas } from '@/api/client'
import type { IconName } from '@/components/Icon'

export type PageEntry = {
  to:
    | '/'
    | '/map'
    | '/history'
    | '/bans'
    | '/jails'
    | '/config'
    | '/blocklists'
    | '/allowlist'
    | '/firewall'
    | '/log'
    | '/laboratory'
    | '/audit'
    | '/sessions'
    | '/tasks'
    | '/settings'
  label: MessageDescriptor
  icon: IconName
  /** The least role that may open it. */
  role: Schemas['Role']
}

/** The pages there are, in the order of the navigation. Navigation and command palette both read it. */
export const PAGES: readonly PageEntry[] = [
  { to: '/', label: msg`Overview`, icon: 'overview', role: 'viewer' },
  { to: '/map', label: msg`Map`, icon: 'map', role: 'viewer' },
  { to: '/history', label: msg`History`, icon: 'history', role: 'viewer' },
  { to: '/bans', label: msg`Bans`, icon: 'ban', role: 'viewer' },
  { to: '/jails', label: msg`Jails`, icon: 'jail', role: 'viewer' },
  { to: '/config', label: msg`Configuration`, icon: 'settings', role: 'viewer' },
  { to: '/blocklists', label: msg`Blocklists`, icon: 'lists', role: 'viewer' },
  { to: '/allowlist', label: msg`Allowlist`, icon: 'shield', role: 'viewer' },
  { to: '/firewall', label: msg`Firewall`, icon: 'wall', role: 'viewer' },
  { to: '/log', label: msg`Log`, icon: 'log', role: 'operator' },
  { to: '/laboratory', label: msg`Laboratory`, icon: 'laboratory', role: 'operator' },
  { to: '/tasks', label: msg`Tasks`, icon: 'clock', role: 'viewer' },
  { to: '/audit', label: msg`Audit`, icon: 'audit', role: 'admin' },
  { to: '/sessions', label: msg`Sessions`, icon: 'session', role: 'viewer' },
  { to: '/settings', label: msg`Settings`, icon: 'gear', role: 'viewer' },
]
