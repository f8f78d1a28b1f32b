import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react'
import type { ApiProblem } from '@/api/problem'
import { useProblemTitle } from '@/components/ProblemNote'

/** What happened, by the code of the problem: those of lists, of bans without a jail, of the allowlist and of the firewall. */
export const BLOCKING_TITLES: Record<string, MessageDescriptor> = {
  'blocklist-not-found': msg`There is no such blocklist.`,
  'blocklist-name-taken': msg`Another blocklist has this name.`,
  'too-many-blocklists': msg`There are as many blocklists as there may be.`,
  'nothing-waits': msg`No copy of this list waits for a yes any more.`,
  'list-not-fetched': msg`The list could not be fetched.`,
  'allowed-not-found': msg`This is not on the allowlist any more.`,
  'already-allowed': msg`This is on the allowlist already.`,
  'too-many-allowed': msg`The allowlist is full.`,
  'own-ban-not-found': msg`None of these bans is in force any more.`,
  'firewall-unusable': msg`The firewall cannot be used.`,
  'firewall-failed': msg`The firewall did not do it.`,
}

/** The first sentence about a problem of these pages. */
export function useBlockingTitle(): (problem: ApiProblem) => string {
  const { i18n } = useLingui()
  const general = useProblemTitle()
  return (problem) => {
    const title = BLOCKING_TITLES[problem.code]
    return title ? i18n._(title) : general(problem)
  }
}
