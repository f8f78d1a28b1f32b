import type { ReactNode } from 'react'
import { ApiProblem } from '@/api/problem'
import { ProblemNote } from '@/components/ProblemNote'
import { useBlockingTitle } from './problem-titles'
import { Why } from './Why'

type BlockingProblemProps = { error: unknown; onRetry?: () => void; actions?: ReactNode }

/** A problem of lists, bans without a jail, the allowlist or the firewall. */
export function BlockingProblem({ error, onRetry, actions }: BlockingProblemProps) {
  const title = useBlockingTitle()
  const problem = ApiProblem.from(error)
  const why = problem.problem?.why
  return (
    <ProblemNote
      problem={problem}
      title={title(problem)}
      onRetry={onRetry}
      actions={actions}
      particulars={why ? <Why why={why} /> : undefined}
    />
  )
}
