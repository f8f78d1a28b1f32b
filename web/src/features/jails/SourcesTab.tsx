import { Trans } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { EmptyState } from '@/components/EmptyState'
import { Panel } from '@/components/PageHeader'
import { LogFiles } from './LogFiles'
import { TextList } from './TextList'

type SourcesTabProps = {
  source: Schemas['JailSourceBody'] | null
  health: Schemas['JailHealthBody'] | undefined
}

/** What the jail watches, and how far it has come. */
export function SourcesTab({ source, health }: SourcesTabProps) {
  if (!source || source.entries.length === 0) {
    return (
      <Panel>
        {source?.kind === 'journal' ? (
          <EmptyState title={<Trans>The whole journal is watched.</Trans>}>
            <Trans>No match narrows it down: every entry of the systemd journal is looked at.</Trans>
          </EmptyState>
        ) : (
          <EmptyState title={<Trans>This jail watches no log file.</Trans>}>
            <Trans>
              It cannot find failures, so it bans nobody by itself. Set <code className="font-mono">logpath</code> in
              its configuration, then reload it.
            </Trans>
          </EmptyState>
        )}
      </Panel>
    )
  }
  const journal = source.kind === 'journal'
  return (
    <Panel title={journal ? <Trans>Journal matches</Trans> : <Trans>Log files</Trans>}>
      <p className="border-b px-3 py-2 text-sm text-muted">
        {journal ? (
          <Trans>
            The jail reads the systemd journal. An entry is looked at when one of these lines fits; within a line, a
            space means “and”, a + means “or”.
          </Trans>
        ) : (
          <Trans>
            The jail watches these files and judges each line that is added to them. How far it has read is what
            fail2ban’s database says, which follows now and then.
          </Trans>
        )}
      </p>
      {journal ? <TextList items={source.entries} /> : <LogFiles paths={source.entries} logs={health?.logs ?? []} />}
    </Panel>
  )
}
