import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { lazy, type ReactNode, Suspense } from 'react'
import type { ApiProblem } from '@/api/problem'
import { useServerWords } from '@/i18n/server-words'
import { Banner } from './Banner'
import { Button } from './Button'
import { CopyButton, HostileText } from './Text'

// Only reloads have these.
const JailProblems = lazy(() => import('./JailProblems'))

/** What happened, in words, by the code of the problem. Codes without an entry show the server's own title. */
export const PROBLEM_TITLES: Record<string, MessageDescriptor> = {
  network: msg`BanGUI does not answer.`,
  unreadable: msg`The answer could not be understood.`,
  unauthenticated: msg`You are not signed in any more.`,
  forbidden: msg`Your role does not allow this.`,
  'cross-site': msg`The request was refused because it seemed to come from another site.`,
  'setup-required': msg`BanGUI is not set up yet.`,
  'setup-completed': msg`The setup is already done.`,
  'setup-token': msg`The setup token is missing or wrong.`,
  'wrong-credentials': msg`Name or password is wrong.`,
  'too-many-attempts': msg`Too many attempts.`,
  invalid: msg`Some values are not valid.`,
  'body-too-large': msg`That is too much at once.`,
  'not-found': msg`There is nothing here.`,
  'host-not-found': msg`There is no such host.`,
  'jail-not-found': msg`There is no such jail.`,
  'jail-not-running': msg`The jail is not running.`,
  'daemon-unavailable': msg`fail2ban cannot be reached.`,
  'daemon-timeout': msg`fail2ban did not answer in time.`,
  'daemon-rejected': msg`fail2ban refused.`,
  'daemon-not-effective': msg`fail2ban said yes, but nothing changed.`,
  'unsafe-reload': msg`The reload was not done: it would break running jails.`,
  'jails-lost': msg`Jails are missing after the reload.`,
  'lock-out-guard': msg`Refused: this would lock you or this machine out.`,
  'guard-blind': msg`Nobody was banned: the machine's own addresses could not be read.`,
  'too-many-targets': msg`Too many addresses at once.`,
  'bad-cursor': msg`The list has changed. Load it again.`,
  'job-not-found': msg`This task is no longer known.`,
  'task-not-found': msg`There is no such task.`,
  'task-running': msg`The task runs already. Wait until it has ended.`,
  'session-not-found': msg`This session has already ended.`,
  busy: msg`BanGUI is busy. Try again in a moment.`,
  'database-read-only': msg`The database cannot be written.`,
  internal: msg`Something went wrong in BanGUI.`,
}

/** The first sentence about a problem, in the language of the page. */
export function useProblemTitle(): (problem: ApiProblem) => string {
  const { i18n } = useLingui()
  return (problem) => {
    const title = PROBLEM_TITLES[problem.code]
    return title ? i18n._(title) : (problem.problem?.title ?? problem.code)
  }
}

type ProblemNoteProps = {
  problem: ApiProblem
  onRetry?: () => void
  actions?: ReactNode
  /** The first sentence, where an area knows a better one. */
  title?: ReactNode
  /** What happened in particular, where an area says it in the language of the page. */
  particulars?: ReactNode
  /** What an area has to add. */
  children?: ReactNode
}

/** What happened, why, the next step, and the technical side to copy. */
export function ProblemNote({ problem, onRetry, actions, title, particulars, children }: ProblemNoteProps) {
  const titleOf = useProblemTitle()
  const { detail, requestId, problems } = problem.problem ?? {}
  const technical = [
    `${problem.status} ${problem.code}`,
    detail ?? '',
    ...(problems ?? []).map((one) => (one.jail ? `${one.jail}: ${one.detail}` : one.detail)),
    requestId ? `request ${requestId}` : '',
    problem.cause instanceof Error ? `${problem.cause.name}: ${problem.cause.message}` : '',
  ]
    .filter(Boolean)
    .join('\n')
  return (
    <Banner
      tone="danger"
      role="alert"
      title={title ?? titleOf(problem)}
      actions={
        <>
          {actions}
          {onRetry ? (
            <Button size="sm" onClick={onRetry}>
              <Trans>Try again</Trans>
            </Button>
          ) : null}
        </>
      }
    >
      {problem.code === 'network' ? (
        <p>
          <Trans>Check that it runs and that this machine reaches it.</Trans>
        </p>
      ) : null}
      {particulars ? <p>{particulars}</p> : <Said problem={problem} />}
      {problems && problems.length > 0 ? (
        <Suspense>
          <JailProblems problems={problems} />
        </Suspense>
      ) : null}
      {children}
      <Remedy problem={problem} />
      <details className="mt-1">
        <summary className="w-fit text-xs">
          <Trans>Technical details</Trans>
        </summary>
        <div className="flex items-start gap-1">
          <pre className="min-w-0 font-mono text-xs whitespace-pre-wrap">
            <Lines text={technical} />
          </pre>
          <CopyButton text={technical} />
        </div>
      </details>
    </Banner>
  )
}

/** What is wrong in particular: as the server says it, or in the language of the page with the server's sentences folded away below. */
function Said({ problem }: { problem: ApiProblem }) {
  const { words, loading } = useServerWords()
  const { detail, errors } = problem.problem ?? {}
  const said = words?.problems[problem.code]
  if (loading) return null
  const particulars = (
    <>
      {detail && (said?.particulars || !said?.detail) ? (
        <p lang="en">
          <HostileText text={detail} />
        </p>
      ) : null}
      {errors?.map((error) => (
        <p key={`${error.field} ${error.code}`}>
          <code className="font-mono">{error.field}</code>:{' '}
          <span lang="en">
            <HostileText text={error.message} />
          </span>
        </p>
      ))}
    </>
  )
  return (
    <>
      {said?.detail ? <p>{said.detail}</p> : null}
      {said?.particulars === 'folded' ? (
        <details className="text-xs">
          <summary className="w-fit">
            <Trans>Details in English</Trans>
          </summary>
          {particulars}
        </details>
      ) : (
        particulars
      )}
    </>
  )
}

function Remedy({ problem }: { problem: ApiProblem }) {
  const { words, loading } = useServerWords()
  const { remedy } = problem.problem ?? {}
  const said = words?.problems[problem.code]?.remedy
  if (loading || !(said ?? remedy)) return null
  return (
    <p className="mt-1 text-fg" lang={said ? undefined : 'en'}>
      <HostileText text={said ?? remedy ?? ''} />
    </p>
  )
}

/** Text of several lines: the ends of its lines are no hidden characters. */
export function Lines({ text }: { text: string }) {
  return text.split('\n').map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines of one unchanging text.
    <span key={index} className="block min-h-[1lh]">
      <HostileText text={line} />
    </span>
  ))
}
