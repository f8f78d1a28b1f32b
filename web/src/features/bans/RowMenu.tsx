import { useLingui } from '@lingui/react/macro'
import { useNavigate } from '@tanstack/react-router'
import { AnchoredMenu } from '@/components/Menu'
import { copyText } from '@/lib/copy'
import { visible } from '@/lib/hostile'
import type { ActiveBan } from './ban-key'
import { openBanDialog } from './open-ban-dialog'
import { phaseOf, scheduleUnban, unbanState } from './pending-unbans'

export type RowMenuState = { ban: ActiveBan; anchor: HTMLElement }

type RowMenuProps = RowMenuState & { allowed: boolean; onFilterJail?: (jail: string) => void; onClose: () => void }

/** The one menu of all rows. */
export function RowMenu({ ban, anchor, allowed, onFilterJail, onClose }: RowMenuProps) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const { host, subject, jail } = ban
  const shownSubject = visible(subject)
  const shownJail = visible(jail)
  const phase = phaseOf(unbanState().phases, ban)
  const idle = allowed && (phase === undefined || phase.kind === 'failed')
  return (
    <AnchoredMenu
      label={t`Actions for ${shownSubject}`}
      anchor={anchor}
      onClose={onClose}
      items={[
        {
          label: t`Unban in ${shownJail}`,
          disabled: !idle,
          onSelect: () => scheduleUnban([{ host, subject, jail }]),
        },
        {
          label: t`Unban in all jails`,
          disabled: !idle,
          onSelect: () => scheduleUnban([{ host, subject, jail: null }]),
        },
        'separator',
        { label: t`Copy address`, icon: 'copy', onSelect: () => void copyText(subject) },
        { label: t`Ban elsewhere…`, icon: 'ban', disabled: !allowed, onSelect: () => openBanDialog({ text: subject }) },
        'separator',
        ...(onFilterJail ? [{ label: t`Only bans of ${shownJail}`, onSelect: () => onFilterJail(jail) }] : []),
        {
          label: t`All about ${shownSubject}`,
          icon: 'history',
          onSelect: () => void navigate({ to: '/address/$subject', params: { subject } }),
        },
        {
          label: t`Open jail ${shownJail}`,
          icon: 'jail',
          onSelect: () => void navigate({ to: '/jails/$jail', params: { jail } }),
        },
      ]}
    />
  )
}
