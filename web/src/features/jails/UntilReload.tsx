import { Trans } from '@lingui/react/macro'
import { Icon } from '@/components/Icon'

/** Said wherever a running value can be changed. */
export function UntilReload() {
  return (
    <p className="flex gap-2 text-sm text-muted">
      <Icon name="info" className="mt-0.5" />
      <span>
        <Trans>
          Changes made here work at once and hold <strong className="font-medium text-fg">until the next reload</strong>{' '}
          or restart of the jail or of fail2ban. The configuration files stay as they are.
        </Trans>
      </span>
    </p>
  )
}
