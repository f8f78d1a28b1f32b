import { Plural, Trans } from '@lingui/react/macro'
import { cx } from '@/lib/cx'
import { Dialog } from './Dialog'
import { EmptyState } from './EmptyState'
import { Icon } from './Icon'
import { Time } from './Text'
import { SIGNS, ToastText } from './ToastRegion'
import { useToasts } from './toasts'

/** What was told since the page was opened, newest first. */
export default function ToastList({ onClose }: { onClose: () => void }) {
  const toasts = useToasts()
  return (
    <Dialog open onClose={onClose} title={<Trans>Notifications</Trans>}>
      {toasts.length === 0 ? (
        <EmptyState title={<Trans>Nothing yet</Trans>}>
          <Trans>Results of what you do are kept here until the page is closed.</Trans>
        </EmptyState>
      ) : (
        <ul className="-mx-4 -my-3">
          {toasts.map((one) => (
            <li key={one.id} className="flex items-start gap-2 border-b px-4 py-1.5 last:border-0">
              <Icon name={one.tone === 'good' ? 'check' : 'info'} className={cx('mt-1', SIGNS[one.tone])} />
              <ToastText toast={one} />
              <Time at={new Date(one.at).toISOString()} className="mt-0.5 text-sm text-muted" />
            </li>
          ))}
        </ul>
      )}
      <p className="sr-only">
        <Plural value={toasts.length} one="# notification" other="# notifications" />
      </p>
    </Dialog>
  )
}
