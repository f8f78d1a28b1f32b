import { Trans } from '@lingui/react/macro'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { useOwnActing } from './acting'
import { openBanDialog } from './open-ban-dialog'

/** Opens the ban dialog; for the header of any page where one may want to ban. */
export function BanButton({ jail, text }: { jail?: string; text?: string }) {
  const { allowed, reason } = useOwnActing()
  return (
    <Button tone="primary" disabled={!allowed} title={reason} onClick={() => openBanDialog({ jail, text })}>
      <Icon name="ban" />
      <Trans>Ban…</Trans>
    </Button>
  )
}
