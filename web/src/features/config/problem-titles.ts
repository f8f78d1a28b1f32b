import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import type { ApiProblem } from '@/api/problem'
import { useProblemTitle } from '@/components/ProblemNote'

/** What happened, by the code of the problem: those of the configuration, the laboratory and the daemon. */
export const CONFIG_TITLES: Record<string, MessageDescriptor> = {
  'item-not-found': msg`The configuration has no such item.`,
  'file-not-found': msg`There is no such file.`,
  'version-not-found': msg`There is no such version.`,
  'config-changed': msg`The configuration has changed meanwhile.`,
  'config-busy': msg`Another change is under way.`,
  'nothing-pending': msg`No change waits to be confirmed any more.`,
  'config-blocked': msg`The change has errors.`,
  'bad-change': msg`A change cannot be made like this.`,
  'commands-forbidden': msg`Changes that run commands as root are forbidden here.`,
  'password-needed': msg`Your password is needed once more.`,
  'config-files': msg`The configuration’s files cannot be read or written.`,
  'path-not-allowed': msg`This path may not be read.`,
  'bad-test': msg`This cannot be tried like this.`,
  'test-ended': msg`The test took more than it may.`,
  'regex-program': msg`fail2ban-regex could not be run.`,
  'restart-failed': msg`fail2ban could not be restarted.`,
}

/** The first sentence about a problem of these pages. */
export function useConfigProblemTitle(): (problem: ApiProblem) => string {
  const { i18n } = useLingui()
  const general = useProblemTitle()
  return (problem) => {
    const title = CONFIG_TITLES[problem.code]
    return title ? i18n._(title) : general(problem)
  }
}
