import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import type { ApiProblem } from '@/api/problem'
import { ProblemNote } from '@/components/ProblemNote'
import { HostileText } from '@/components/Text'
import { FindingList } from './Findings'

const TITLES: Record<string, MessageDescriptor> = {
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
  'test-ended': msg`The test took more than it may.`,
  'regex-program': msg`fail2ban-regex could not be run.`,
  'restart-failed': msg`fail2ban could not be restarted.`,
}

type ConfigProblemProps = { problem: ApiProblem; onRetry?: () => void; actions?: ReactNode }

/** A problem of the configuration: with what was found, the files that have changed, and whose change has to end first. */
export function ConfigProblem({ problem, onRetry, actions }: ConfigProblemProps) {
  const { i18n } = useLingui()
  const title = TITLES[problem.code]
  const { findings, files, underWay } = problem.problem ?? {}
  return (
    <ProblemNote problem={problem} title={title && i18n._(title)} onRetry={onRetry} actions={actions}>
      {underWay ? <UnderWay {...underWay} /> : null}
      {files && files.length > 0 ? (
        <div className="mt-1">
          <Trans>Changed since:</Trans>
          <ul className="list-disc pl-4">
            {files.map((file) => (
              <li key={file}>
                <HostileText text={file} className="font-mono" />
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {findings && findings.length > 0 ? <FindingList findings={findings} /> : null}
    </ProblemNote>
  )
}

function UnderWay({ author, waitsForConfirmation }: Schemas['ChangeUnderWay']) {
  const name = author ? <HostileText text={author} /> : 'BanGUI'
  return (
    <p>
      {waitsForConfirmation ? (
        <Trans>
          The change of {name} is in force and waits to be confirmed. Keep it or take it back first; it reverts by
          itself otherwise.
        </Trans>
      ) : (
        <Trans>A change of {name} is being applied at this moment. Wait until it is done, then try again.</Trans>
      )}
    </p>
  )
}
