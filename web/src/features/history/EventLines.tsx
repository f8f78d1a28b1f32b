import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { ApiProblem, api, body } from '@/api/client'
import { keys } from '@/api/queries'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { CopyButton, HostileText } from '@/components/Text'
import { marks } from './marks'

/** The log lines that led to a ban, with the address marked in them. They are text of strangers. */
export function EventLines({ id, subject }: { id: string; subject: string }) {
  const detail = useQuery({
    queryKey: [...keys.history, 'event', id],
    queryFn: async ({ signal }) => body(await api.GET('/api/v1/history/{id}', { params: { path: { id } }, signal })),
    staleTime: 60_000,
  })
  if (detail.error) {
    const problem = ApiProblem.from(detail.error)
    const title = problem.code === 'event-not-found' ? <Trans>This event is no longer kept.</Trans> : undefined
    return <ProblemNote problem={problem} title={title} onRetry={() => void detail.refetch()} />
  }
  if (!detail.data) return <SkeletonRows rows={2} />
  const { lines } = detail.data
  if (lines.length === 0) {
    return (
      <p className="text-sm text-muted">
        <Trans>fail2ban kept no log lines of it.</Trans>
      </p>
    )
  }
  return (
    <div className="group/address flex items-start gap-1">
      <ol className="max-h-96 min-w-0 flex-1 overflow-auto rounded-sm border bg-bg py-1">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of one unchanging event, some of them equal.
          <li key={index} className="px-2 font-mono text-xs break-all whitespace-pre-wrap">
            <Line text={line} subject={subject} />
          </li>
        ))}
      </ol>
      <CopyButton text={lines.join('\n')} />
    </div>
  )
}

function Line({ text, subject }: { text: string; subject: string }) {
  return marks(text, subject).map((part, index) =>
    part.marked ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one unchanging line.
      <mark key={index} className="rounded-sm bg-warning-soft text-fg">
        <HostileText text={part.text} />
      </mark>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one unchanging line.
      <HostileText key={index} text={part.text} />
    ),
  )
}
