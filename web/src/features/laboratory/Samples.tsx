import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem } from '@/api/client'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Icon } from '@/components/Icon'
import { Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { HostileText } from '@/components/Text'
import { ConfigProblem } from '@/features/config/ConfigProblem'
import { visible } from '@/lib/hostile'
import { runSamples, type Sample, type SampleResult, samplesQuery } from './queries'
import { Refused } from './Results'
import { SampleDialog } from './SampleDialog'
import { useChangeSamples, useSampleDeeds, withChanged } from './use-samples'
import { nameOf } from './words'

type SamplesProps = {
  filter: string
  /** Unsaved text of its .local that is being tried; `null` for the filter as it is. */
  text: string | null
}

type Edited = { index: number; sample: Sample } | 'new' | null

/** The lines that are kept with a filter, and what is expected of each. */
export function Samples({ filter, text }: SamplesProps) {
  const samples = useQuery(samplesQuery(filter))
  if (samples.data) return <Kept filter={filter} text={text} items={samples.data} />
  return samples.error ? (
    <ConfigProblem problem={ApiProblem.from(samples.error)} onRetry={() => void samples.refetch()} />
  ) : (
    <Panel>
      <SkeletonRows rows={4} />
    </Panel>
  )
}

function Kept({ filter, text, items }: SamplesProps & { items: Sample[] }) {
  const change = useChangeSamples(filter)
  const { remove } = useSampleDeeds(filter)
  const [edited, setEdited] = useState<Edited>(null)
  const run = useMutation({ mutationFn: (_: readonly Sample[]) => runSamples(filter, text) })
  // What was found is told for those that were run; a changed list has to run anew.
  const report = run.data && run.variables === items ? run.data : undefined
  const save = (sample: Sample) =>
    change((now) =>
      edited === 'new' || edited === null ? [...now, sample] : withChanged(now, edited.sample, edited.index, sample),
    )
  return (
    <>
      {run.error ? <ConfigProblem problem={ApiProblem.from(run.error)} onRetry={() => run.mutate(items)} /> : null}
      {report?.refused ? <Refused text={report.refused} /> : null}
      <Panel
        title={
          <>
            <Trans>Samples</Trans>{' '}
            <span className="text-sm font-normal" role="status">
              {report ? <Verdict results={report.results} /> : null}
            </span>
          </>
        }
        actions={
          <>
            <Button size="sm" onClick={() => setEdited('new')}>
              <Icon name="plus" />
              <Trans>Add a sample</Trans>
            </Button>
            {items.length > 0 ? (
              <Button size="sm" tone="primary" busy={run.isPending} onClick={() => run.mutate(items)}>
                <Icon name="play" />
                <Plural value={items.length} one="Run # sample" other="Run # samples" />
              </Button>
            ) : null}
          </>
        }
      >
        {text !== null && items.length > 0 ? (
          <p className="border-b px-3 py-1.5 text-sm text-muted">
            <Trans>They run on the unsaved text.</Trans>
          </p>
        ) : null}
        <SampleList
          items={items}
          results={report?.results}
          onEdit={(sample, index) => setEdited({ sample, index })}
          onRemove={(sample, index) => void remove(sample, index)}
        />
      </Panel>
      {edited ? (
        <SampleDialog
          filter={filter}
          sample={edited === 'new' ? null : edited.sample}
          onClose={() => setEdited(null)}
          onSave={save}
        />
      ) : null}
    </>
  )
}

type SampleListProps = {
  items: readonly Sample[]
  /** What came of each, in the same order; left out before they were run. */
  results: readonly SampleResult[] | undefined
  onEdit: (sample: Sample, index: number) => void
  onRemove: (sample: Sample, index: number) => void
}

function SampleList({ items, results, onEdit, onRemove }: SampleListProps) {
  const { t } = useLingui()
  if (items.length === 0) {
    return (
      <EmptyState title={<Trans>No sample is kept with this filter</Trans>}>
        <Trans>
          A sample is a log line with what the filter must make of it. All of them are run before a change of the filter
          is applied, so that no change breaks unnoticed what it once recognised. Test lines and keep one by{' '}
          <Icon name="plus" className="inline" />, or add one here.
        </Trans>
      </EmptyState>
    )
  }
  return (
    <ul aria-label={t`Samples`}>
      {items.map((sample, index) => (
        <SampleRow
          // biome-ignore lint/suspicious/noArrayIndexKey: two samples may be the same.
          key={index}
          sample={sample}
          number={index + 1}
          result={results?.[index]}
          onEdit={() => onEdit(sample, index)}
          onRemove={() => onRemove(sample, index)}
        />
      ))}
    </ul>
  )
}

function Verdict({ results }: { results: readonly SampleResult[] }) {
  const of = results.length
  const failed = results.filter((result) => !result.passed).length
  return failed === 0 ? (
    <Badge tone="good">
      <Plural value={of} one="the sample passed" other="all # samples passed" />
    </Badge>
  ) : (
    <Badge tone="danger">
      <Trans>
        {failed} of {of} failed
      </Trans>
    </Badge>
  )
}

type SampleRowProps = {
  sample: Sample
  number: number
  result: SampleResult | undefined
  onEdit: () => void
  onRemove: () => void
}

function SampleRow({ sample, number, result, onEdit, onRemove }: SampleRowProps) {
  const { t } = useLingui()
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-3 gap-y-1 border-b px-3 py-2 last:border-b-0 hover:bg-hover">
      <div className="min-w-0">
        <p className="font-mono text-xs/5 wrap-anywhere whitespace-pre-wrap">
          <HostileText text={sample.line} />
        </p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          {result ? (
            <Badge tone={result.passed ? 'good' : 'danger'}>
              {result.passed ? <Trans>passed</Trans> : <Trans>did not pass</Trans>}
            </Badge>
          ) : null}
          <span className="text-muted">
            {sample.host ? (
              <Trans>
                must count against{' '}
                <code className="font-mono text-fg">
                  <HostileText text={sample.host} />
                </code>
              </Trans>
            ) : (
              <Trans>must not match</Trans>
            )}
          </span>
          {result && !result.passed ? (
            <span className="text-danger">
              <Matched found={result.found} />
            </span>
          ) : null}
          {sample.note ? (
            <span className="min-w-0 break-words text-muted">
              <HostileText text={sample.note} />
            </span>
          ) : null}
        </p>
      </div>
      <span className="flex gap-1">
        <Button size="sm" tone="ghost" aria-label={t`Edit sample ${number}`} onClick={onEdit}>
          <Trans>Edit</Trans>
        </Button>
        <Button
          size="sm"
          tone="ghost"
          square
          aria-label={t`Remove sample ${number}`}
          title={t`Remove`}
          onClick={onRemove}
        >
          <Icon name="close" />
        </Button>
      </span>
    </li>
  )
}

/** What matched the line of a sample that did not pass, by which expression. */
function Matched({ found }: { found: SampleResult['found'] }) {
  if (!found) return <Trans>nothing matched</Trans>
  const regex = (
    <code className="font-mono break-all" title={visible(found.regex)}>
      {nameOf({ kind: found.outcome === 'ignored' ? 'ignoreregex' : 'failregex', index: found.number })}
    </code>
  )
  if (found.outcome === 'ignored') return <Trans>left alone by {regex}</Trans>
  if (found.outcome === 'matched' && found.host) {
    return (
      <Trans>
        counts against <HostileText text={found.host} className="font-mono" />, by {regex}
      </Trans>
    )
  }
  return <Trans>no failure by itself, by {regex}</Trans>
}
