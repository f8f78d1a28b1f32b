import type { I18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Schemas } from '@/api/client'
import { visible } from '@/lib/hostile'

type Hit = Schemas['HitBody']

const REASONS = {
  loopback: msg`an address by which this machine speaks to itself`,
  ownAddress: msg`an address of this machine`,
  gateway: msg`the gateway of this machine`,
  nameServer: msg`a name server of this machine`,
  sshSession: msg`the address of somebody who is logged in to this machine`,
  proxy: msg`a proxy through which people reach BanGUI`,
  signedIn: msg`the address of somebody who is signed in to BanGUI`,
  allowlisted: msg`an address on the allowlist`,
  requester: msg`your own address`,
  everything: msg`all addresses there are`,
} satisfies Record<Hit['reason'], unknown>

/** What a target would have hit: "192.0.2.10 is your own address". */
export function hitText(i18n: I18n, hit: Hit, target: string | null | undefined): string {
  const address = visible(hit.address)
  const reason = i18n._(REASONS[hit.reason])
  if (hit.reason === 'everything') return i18n._(msg`It would ban all addresses there are.`)
  if (target && target !== hit.address) return i18n._(msg`It contains ${address}, ${reason}.`)
  return i18n._(msg`${address} is ${reason}.`)
}

/** What a protected network is: "the gateway of this machine". */
export function protectedText(i18n: I18n, reason: Hit['reason']): string {
  return i18n._(REASONS[reason])
}

/** A count that may be larger than any number: "256", "18,446,744,073,709,551,616". */
export function formatCount(locale: string, digits: string): string {
  return /^\d{1,60}$/.test(digits) ? new Intl.NumberFormat(locale).format(BigInt(digits)) : digits
}

export function isNetwork(target: string): boolean {
  return target.includes('/')
}
