import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Banner } from '@/components/Banner'
import { Num } from '@/components/Text'
import { protectedText } from '@/features/bans/ban-words'
import { Why } from '@/features/blocking/Why'
import type { List } from './lists'

/** Why the jail that carries a list out does not go on; nothing while it does. */
export function JailStands({ list }: { list: List }) {
  const { t } = useLingui()
  const problem = list.jailProgress?.problem
  if (!problem) return null
  return (
    <Banner tone="warning" role="status" title={t`The jail of this list does not go on. It is tried again later.`}>
      <Why why={problem} />
    </Banner>
  )
}

/** How far the jail is that carries a list out. */
export function InJail({ list }: { list: List }) {
  const { i18n } = useLingui()
  if (!list.jailProgress) return null
  const { wanted, banned, leftOut, refused, refusedAs, notListed } = list.jailProgress
  return (
    <span className="text-sm text-muted">
      <Trans>
        <Num value={banned} /> of <Num value={wanted} /> addresses banned
      </Trans>
      {leftOut > 0 ? (
        <>
          {', '}
          <Plural value={leftOut} one="# entry left out" other="# entries left out" />
        </>
      ) : null}
      {refused > 0 ? (
        <>
          {', '}
          <Plural value={refused} one="# refused as it is protected" other="# refused as they are protected" />
          {refusedAs ? ` (${protectedText(i18n, refusedAs)})` : null}
        </>
      ) : null}
      {notListed > 0 ? (
        <>
          {', '}
          <Plural
            value={notListed}
            one="# that fail2ban did not ban, mostly as the jail ignores it"
            other="# that fail2ban did not ban, mostly as the jail ignores them"
          />
        </>
      ) : null}
    </span>
  )
}
