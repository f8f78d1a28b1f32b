import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { PageHeader } from '@/components/PageHeader'
import { Tabs } from '@/components/Tabs'
import { Num } from '@/components/Text'
import { type LaboratorySearch, laboratoryRoute } from '@/routes/laboratory'
import { useDrafts } from './drafts'
import { LinesPanel } from './LinesPanel'
import { samplesQuery } from './queries'
import { Results } from './Results'
import { Samples } from './Samples'
import { SourcePanel } from './SourcePanel'
import type { TestedLine } from './test-request'
import { useRegexTest } from './use-regex-test'
import { useSampleDeeds } from './use-samples'

/** Trying filters on lines. Nothing here changes what runs. */
export function LaboratoryPage() {
  const { t } = useLingui()
  const search = laboratoryRoute.useSearch()
  const navigate = laboratoryRoute.useNavigate()
  const drafts = useDrafts()
  const running = useRegexTest(search, drafts)
  const change = useCallback(
    (part: Partial<LaboratorySearch>) =>
      void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false }),
    [navigate],
  )
  const filter = search.try === 'regexes' ? undefined : search.filter
  return (
    <>
      <PageHeader title={t`Laboratory`} />
      <div className="grid grid-cols-1 items-start gap-3 min-[75rem]:grid-cols-2">
        <SourcePanel search={search} drafts={drafts} change={change} />
        <LinesPanel search={search} drafts={drafts} change={change} />
      </div>
      {filter ? (
        <WithSamples filter={filter} search={search} change={change} running={running} texts={drafts.texts} />
      ) : (
        <Results running={running} search={search} change={change} />
      )}
    </>
  )
}

type WithSamplesProps = {
  filter: string
  search: LaboratorySearch
  change: (part: Partial<LaboratorySearch>) => void
  running: ReturnType<typeof useRegexTest>
  texts: Readonly<Record<string, string>>
}

/** Where a filter is tried, its samples are at hand, and a tested line becomes one by a click. */
function WithSamples({ filter, search, change, running, texts }: WithSamplesProps) {
  const { t } = useLingui()
  const samples = useQuery(samplesQuery(filter)).data
  const { keep } = useSampleDeeds(filter)
  const onKeep = useCallback(
    (line: TestedLine) =>
      void keep({ line: line.text, host: line.outcome === 'matched' ? (line.host ?? null) : null, note: '' }),
    [keep],
  )
  return (
    <Tabs
      label={t`Results`}
      value={search.tab ?? 'lines'}
      tabs={[
        { id: 'lines', label: <Trans>Tested lines</Trans> },
        {
          id: 'samples',
          label: (
            <>
              <Trans>Samples</Trans>
              {samples ? (
                <span className="text-muted">
                  <Num value={samples.length} />
                </span>
              ) : null}
            </>
          ),
        },
      ]}
      onChange={(tab) => change({ tab: tab === 'samples' ? 'samples' : undefined })}
    >
      <div className="flex flex-col gap-3">
        {search.tab === 'samples' ? (
          <Samples key={filter} filter={filter} text={search.try === 'text' ? (texts[filter] ?? null) : null} />
        ) : (
          <Results running={running} search={search} change={change} onKeep={onKeep} />
        )}
      </div>
    </Tabs>
  )
}
