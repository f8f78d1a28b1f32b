import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { ApiProblem, type Schemas } from '@/api/client'
import { Icon } from '@/components/Icon'
import { ProblemNote } from '@/components/ProblemNote'
import { Address, HostileText } from '@/components/Text'
import { hitText } from './ban-words'
import type { Job } from './unban-request'

/** What a ban has come to, at once or as a job. */
export type BanDone = {
  jail: string
  asked: number
  counts: Schemas['BanCounts']
  refused: readonly Schemas['TargetHits'][]
  /** Who is banned by it: what an undo unbans. Of a job all that were asked for and not refused, as it tells no more. */
  banned: readonly string[]
  /** Known only for what was answered at once. */
  notListed: readonly string[]
  cancelled: boolean
  error: Schemas['Problem'] | null
}

export function fromReport(report: Schemas['BanReportBody'], jail: string): BanDone {
  return {
    jail,
    asked: report.results.length,
    counts: report.counts,
    banned: report.results.filter((result) => result.outcome === 'banned').map((result) => result.target),
    refused: report.results.filter((result) => result.outcome === 'refused'),
    notListed: report.results.filter((result) => result.outcome === 'notListed').map((result) => result.target),
    cancelled: false,
    error: null,
  }
}

export function fromJob(job: Job, jail: string, targets: readonly string[]): BanDone {
  const refused = new Set(job.refused.map(({ target }) => target))
  return {
    jail,
    banned: (job.counts?.banned ?? 0) > 0 ? targets.filter((target) => !refused.has(target)) : [],
    asked: job.total,
    counts: job.counts ?? { banned: 0, alreadyBanned: 0, refused: 0, notListed: 0 },
    refused: job.refused,
    notListed: [],
    cancelled: job.state === 'cancelled',
    error: job.error ?? null,
  }
}

export function BanResult({ done }: { done: BanDone }) {
  const { i18n } = useLingui()
  const { counts, jail } = done
  const told = counts.banned + counts.alreadyBanned + counts.refused + counts.notListed
  return (
    <div className="flex flex-col gap-3" role="status">
      {done.error ? (
        <ProblemNote
          problem={new ApiProblem(done.error.type.split('/').pop() ?? 'internal', done.error.status, done.error)}
        />
      ) : null}
      <ul className="flex flex-col gap-2">
        <Line sign={counts.banned > 0 ? 'good' : 'info'}>
          <strong className="font-semibold">
            <Plural value={counts.banned} one="# address banned" other="# addresses banned" />
          </strong>{' '}
          <Trans>
            in <HostileText text={jail} />. fail2ban lists them now.
          </Trans>
        </Line>
        {counts.alreadyBanned > 0 ? (
          <Line sign="info">
            <Plural value={counts.alreadyBanned} one="# was banned already" other="# were banned already" />
            <Explain>
              <Trans>Nothing has changed for them; the time left goes on as before.</Trans>
            </Explain>
          </Line>
        ) : null}
        {counts.refused > 0 ? (
          <Line sign="warning">
            <Plural value={counts.refused} one="# was refused" other="# were refused" />
            <ul className="mt-1 flex flex-col gap-1 text-sm text-muted">
              {done.refused.map(({ target, hits }) => (
                <li key={target}>
                  <Address value={target} copy={false} /> {hits.map((hit) => hitText(i18n, hit, target)).join(' ')}
                </li>
              ))}
            </ul>
          </Line>
        ) : null}
        {counts.notListed > 0 ? (
          <Line sign="warning">
            <Plural
              value={counts.notListed}
              one="# is not in fail2ban's list afterwards"
              other="# are not in fail2ban's list afterwards"
            />
            <Explain>
              <Trans>
                fail2ban took the command, but does not list the address. Mostly it stands on the ignore list of the
                jail, or its ban has ended already.
              </Trans>
            </Explain>
            {done.notListed.length > 0 ? (
              <ul className="mt-1 flex flex-wrap gap-x-3">
                {done.notListed.map((target) => (
                  <li key={target}>
                    <Address value={target} />
                  </li>
                ))}
              </ul>
            ) : null}
          </Line>
        ) : null}
        {done.cancelled || told < done.asked ? (
          <Line sign="info">
            <Plural
              value={done.asked - told}
              one="Stopped before the end: # was not tried."
              other="Stopped before the end: # were not tried."
            />
          </Line>
        ) : null}
      </ul>
    </div>
  )
}

const SIGNS = {
  good: ['check', 'text-good'],
  info: ['info', 'text-muted'],
  warning: ['warning', 'text-warning'],
} as const

function Line({ sign, children }: { sign: keyof typeof SIGNS; children: ReactNode }) {
  const [icon, tone] = SIGNS[sign]
  return (
    <li className="flex items-start gap-2">
      <Icon name={icon} className={`mt-0.5 ${tone}`} />
      <div className="min-w-0">{children}</div>
    </li>
  )
}

function Explain({ children }: { children: ReactNode }) {
  return <p className="text-sm text-muted">{children}</p>
}
