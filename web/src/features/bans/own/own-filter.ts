import { meets, parseNetwork } from './networks'
import type { OwnBan } from './requests'

type Filter = { search?: string; family?: 'v4' | 'v6' }

/** Bans that a filter leaves: by a part of the text, of the reason or of who it was; an address finds the networks around it, and the other way round. */
export function matchingOwn(bans: readonly OwnBan[], { search, family }: Filter): readonly OwnBan[] {
  const wanted = search?.trim().toLowerCase() ?? ''
  if (wanted === '' && !family) return bans
  const network = parseNetwork(wanted)
  return bans.filter((ban) => {
    if (family && (family === 'v6') !== ban.target.includes(':')) return false
    if (wanted === '') return true
    if ([ban.target, ban.reason, ban.by].some((text) => text.toLowerCase().includes(wanted))) return true
    const target = network && parseNetwork(ban.target)
    return Boolean(network && target && meets(network, target))
  })
}
