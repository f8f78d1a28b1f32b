import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Badge } from '@/components/Badge'
import { Num } from '@/components/Text'
import { Why } from '@/features/blocking/Why'
import type { Run } from './lists'
import { WaitWords } from './WaitWords'

/** What a run came to, as a word. */
export function Outcome({ run }: { run: Run }) {
  const { t } = useLingui()
  switch (run.outcome) {
    case 'taken':
      return <Badge tone="good">{t`taken`}</Badge>
    case 'confirmed':
      return <Badge tone="good">{t`taken by hand`}</Badge>
    case 'unchanged':
      return <Badge>{t`unchanged`}</Badge>
    case 'waits':
      return <Badge tone="warning">{t`waits for a yes`}</Badge>
    case 'failed':
      return <Badge tone="danger">{t`failed`}</Badge>
  }
}

/** What was different then, in plain words. */
export function RunWords({ run }: { run: Run }) {
  if (run.outcome === 'failed') return run.problem ? <Why why={run.problem} className="wrap-anywhere" /> : null
  if (run.outcome === 'unchanged') return <Trans>It is the same as before.</Trans>
  if (run.outcome === 'confirmed') return <Plural value={run.networks} one="# network" other="# networks" />
  return (
    <>
      {run.waits ? <WaitWords reason={run.waits} /> : null} <Changes added={run.added} removed={run.removed} />
    </>
  )
}

function Changes({ added, removed }: { added: number; removed: number }) {
  const more = <Num value={added} />
  const fewer = <Num value={removed} />
  if (removed === 0) return added === 0 ? <Trans>nothing new</Trans> : <Trans>{more} new</Trans>
  if (added === 0) return <Trans>{fewer} gone</Trans>
  return (
    <Trans>
      {more} new, {fewer} gone
    </Trans>
  )
}
