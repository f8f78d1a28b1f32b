import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { EmptyState } from '@/components/EmptyState'
import { Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { Table, Td, Th, Tr } from '@/components/Table'
import { Duration, HostileText, Num, Time } from '@/components/Text'
import { BlockingProblem } from '@/features/blocking/BlockingProblem'
import { Bytes } from './Bytes'
import { Junk } from './Junk'
import type { List, Run } from './lists'
import { More, Networks, ProtectedNetworks } from './Networks'
import { runsQuery } from './queries'
import { Outcome, RunWords } from './RunWords'

/** Between cards and a table that has room for all, the least of the columns give way. */
const LEAST = 'sm:max-md:hidden'

/** The import log of a list, newest first. */
export function RunTable({ list }: { list: List }) {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(runsQuery(list.id, list.last?.beganAt))
  if (error && !data) return <BlockingProblem error={error} onRetry={() => void refetch()} />
  return (
    <Panel>
      {data === undefined ? (
        <SkeletonRows rows={4} />
      ) : data.items.length === 0 ? (
        <EmptyState title={<Trans>It was never fetched.</Trans>} />
      ) : (
        <Table label={t`Import log`}>
          <thead>
            <Tr>
              <Th>{t`When`}</Th>
              <Th>{t`Result`}</Th>
              <Th num className={LEAST}>{t`Read`}</Th>
              <Th num>{t`Entries`}</Th>
              <Th num>{t`Not understood`}</Th>
              <Th num>{t`Left out`}</Th>
              <Th num>{t`Networks`}</Th>
              <Th num className={LEAST}>{t`Took`}</Th>
            </Tr>
          </thead>
          <tbody>
            {data.items.map((run) => (
              <RunRow key={run.beganAt} run={run} />
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  )
}

function RunRow({ run }: { run: Run }) {
  const { t } = useLingui()
  const read = run.bytes > 0 || run.parsed > 0
  return (
    <Tr>
      <Td label={t`When`} className="py-1">
        <span className="flex flex-col">
          <Time at={run.beganAt} />
          {run.by ? (
            <span className="text-sm wrap-anywhere text-muted">
              <Trans>
                ordered by <HostileText text={run.by} />
              </Trans>
            </span>
          ) : null}
        </span>
      </Td>
      <Td label={t`Result`} className="py-1">
        <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5">
          <Outcome run={run} />
          <span className="min-w-0 text-sm">
            <RunWords run={run} />
          </span>
        </span>
      </Td>
      <Td label={t`Read`} num className={LEAST}>
        {read ? <Bytes count={run.bytes} /> : '–'}
      </Td>
      <Td label={t`Entries`} num>
        {read ? <Num value={run.parsed} /> : '–'}
      </Td>
      <Td label={t`Not understood`} num>
        {run.junkExamples.length > 0 ? (
          <details className="min-w-0 sm:text-right">
            <summary>
              <Num value={run.junk} />
            </summary>
            <div className="text-left">
              <Junk count={run.junk} examples={run.junkExamples} />
            </div>
          </details>
        ) : read ? (
          <Num value={run.junk} />
        ) : (
          '–'
        )}
      </Td>
      <Td label={t`Left out`} num>
        {read ? <LeftOut run={run} /> : '–'}
      </Td>
      <Td label={t`Networks`} num>
        {read || run.outcome === 'confirmed' ? <Num value={run.networks} /> : '–'}
      </Td>
      <Td label={t`Took`} num className={LEAST}>
        <Took millis={run.tookMs} />
      </Td>
    </Tr>
  )
}

/** How much was left out; opened, why and what. */
function LeftOut({ run }: { run: Run }) {
  const { tooWide, special, subtracted, leftOut } = run
  const all = tooWide + special + subtracted
  if (all === 0) return <Num value={0} />
  return (
    <details className="min-w-0 sm:text-right">
      <summary>
        <Num value={all} />
      </summary>
      <ul className="text-left text-sm text-muted">
        {tooWide > 0 ? (
          <li>
            <Plural value={tooWide} one="# too wide" other="# too wide" />
            <Networks of={leftOut.tooWide} />
            <MoreOf named={leftOut.tooWide} count={tooWide} />
          </li>
        ) : null}
        {special > 0 ? (
          <li>
            <Plural value={special} one="# private or special" other="# private or special" />
            <Networks of={leftOut.special} />
            <MoreOf named={leftOut.special} count={special} />
          </li>
        ) : null}
        {subtracted > 0 ? (
          <li>
            <Plural value={subtracted} one="# protected" other="# protected" />
            <ProtectedNetworks of={leftOut.subtracted} />
            <MoreOf named={leftOut.subtracted} count={subtracted} />
          </li>
        ) : null}
      </ul>
    </details>
  )
}

/** Nothing is named in runs from before this was kept. */
function MoreOf({ named, count }: { named: readonly unknown[]; count: number }) {
  return named.length > 0 ? <More count={count - named.length} /> : null
}

function Took({ millis }: { millis: number }) {
  if (millis >= 1_000) return <Duration seconds={Math.round(millis / 1_000)} />
  return (
    <span className="whitespace-nowrap">
      <Num value={millis} /> ms
    </span>
  )
}
