import { Trans } from '@lingui/react/macro'
import { EmptyState } from '@/components/EmptyState'
import { Panel } from '@/components/PageHeader'
import { TextList } from './TextList'

/** What the jail does when it bans. */
export function ActionsTab({ actions }: { actions: readonly string[] }) {
  return (
    <Panel title={actions.length > 0 ? <Trans>Actions</Trans> : undefined}>
      {actions.length === 0 ? (
        <EmptyState title={<Trans>This jail has no action.</Trans>}>
          <Trans>
            It lists bans and blocks nobody. Set <code className="font-mono">action</code> or{' '}
            <code className="font-mono">banaction</code> in its configuration, then reload it.
          </Trans>
        </EmptyState>
      ) : (
        <>
          <p className="border-b px-3 py-2 text-sm text-muted">
            <Trans>
              fail2ban runs these in this order for every ban, and again when the ban ends: they close the firewall,
              send a mail, tell others.
            </Trans>
          </p>
          <TextList items={actions} />
        </>
      )}
    </Panel>
  )
}
