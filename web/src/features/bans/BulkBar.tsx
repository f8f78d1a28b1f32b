import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useMemo } from 'react'
import { Button } from '@/components/Button'
import { Num } from '@/components/Text'
import { useOwnActing } from './acting'
import type { ActiveBan } from './ban-key'
import { openBanDialog } from './open-ban-dialog'
import { MOST_SELECTED } from './selection'

type BulkBarProps = {
  bans: ReadonlySet<string>
  byKey: ReadonlyMap<string, ActiveBan>
  total: number
  loadingAll: boolean
  loadedRows: number
  onSelectAll: () => Promise<void>
  onUnban: (everywhere: boolean) => void
  onClear: () => void
  /** Why nothing can be unbanned. */
  reason: string | undefined
}

/** What can be done with the selected rows. Stays at the foot of the page while one scrolls. */
export function BulkBar({
  bans,
  byKey,
  total,
  loadingAll,
  loadedRows,
  onSelectAll,
  onUnban,
  onClear,
  reason,
}: BulkBarProps) {
  const { t } = useLingui()
  const own = useOwnActing()
  const subjects = useMemo(() => new Set([...bans].flatMap((key) => byKey.get(key)?.subject ?? [])), [bans, byKey])
  const reachable = Math.min(total, MOST_SELECTED)
  return (
    <div className="sticky bottom-0 z-10 flex flex-wrap items-center gap-2 rounded-b-md border-t border-edge bg-raised px-3 py-2">
      <span role="status" className="font-medium">
        <Plural value={bans.size} one="# selected" other="# selected" />
      </span>
      {bans.size < reachable ? (
        <Button size="sm" tone="ghost" busy={loadingAll} onClick={() => void onSelectAll()}>
          {loadingAll ? (
            <Trans>
              Loading <Num value={loadedRows} /> of <Num value={reachable} />…
            </Trans>
          ) : total > MOST_SELECTED ? (
            <Trans>
              Select the first <Num value={MOST_SELECTED} />
            </Trans>
          ) : (
            <Trans>
              Select all <Num value={total} /> that match
            </Trans>
          )}
        </Button>
      ) : null}
      <span className="ml-auto flex flex-wrap gap-2">
        <Button size="sm" tone="ghost" onClick={onClear}>
          <Trans>Clear</Trans>
        </Button>
        <Button
          size="sm"
          disabled={!own.allowed}
          title={own.reason ?? t`BanGUI’s own table blocks them for as long as you say, whatever their jails do.`}
          onClick={() => openBanDialog({ text: [...subjects].join('\n'), where: 'own' })}
        >
          <Trans>Ban without a jail…</Trans>
        </Button>
        <Button size="sm" disabled={reason !== undefined} title={reason} onClick={() => onUnban(true)}>
          <Trans>Unban in all jails</Trans>
        </Button>
        <Button size="sm" tone="primary" disabled={reason !== undefined} title={reason} onClick={() => onUnban(false)}>
          <Plural value={subjects.size} one="Unban # address" other="Unban # addresses" />
        </Button>
      </span>
    </div>
  )
}
