import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { toast } from '@/components/toasts'
import { visible } from '@/lib/hostile'

/** While fail2ban is down each jail has the same to say. */
const SHOWN = 2

/** Tells what was done for a new entry of the allowlist, and what could not be done yet. */
export function useAllowedToast(): (done: Schemas['AllowedBody']) => void {
  const { t } = useLingui()
  return ({ entry, unbanned, jails, problems }) => {
    const subject = visible(entry.subject)
    const bans = t`${plural(unbanned, { one: '# ban ended', other: '# bans ended' })}`
    const ignoring = t`${plural(jails, { one: '# jail ignores it', other: '# jails ignore it' })}`
    toast({ text: t`${subject} is let through.`, detail: `${bans}, ${ignoring}.` })
    if (problems.length === 0) return
    toast({
      tone: 'danger',
      text: t`Not all of it could be done at once for ${subject}. It is tried again.`,
      detail: problems.slice(0, SHOWN).map(visible).join(' · ') + (problems.length > SHOWN ? ' …' : ''),
      detailLang: 'en',
    })
  }
}
