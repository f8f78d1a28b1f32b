import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import type { ApiProblem } from '@/api/problem'
import { ProblemNote } from '@/components/ProblemNote'
import { HostileText } from '@/components/Text'
import { FindingList } from './Findings'
import { useConfigProblemTitle } from './problem-titles'

type ConfigProblemProps = { problem: ApiProblem; onRetry?: () => void; actions?: ReactNode }

/** A problem of the configuration: with what was found, the files that have changed, and whose change has to end first. */
export function ConfigProblem({ problem, onRetry, actions }: ConfigProblemProps) {
  const title = useConfigProblemTitle()
  const { findings, files, underWay } = problem.problem ?? {}
  return (
    <ProblemNote problem={problem} title={title(problem)} onRetry={onRetry} actions={actions}>
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
