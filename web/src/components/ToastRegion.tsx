import { Trans, useLingui } from '@lingui/react/macro'
import { cx } from '@/lib/cx'
import { Button } from './Button'
import { Icon } from './Icon'
import { closeToast, holdToasts, type Toast, undoToast, useToasts } from './toasts'

export const SIGNS = { good: 'text-good', danger: 'text-danger', info: 'text-accent' }

/** Where results float: polite, at most four at once, the rest is in the list. */
export function ToastRegion() {
  const { t } = useLingui()
  const floating = useToasts().filter((one) => one.floating)
  const shown = floating.filter((one, index) => one.undo || index < 4)
  return (
    <section
      aria-label={t`Notifications`}
      aria-live="polite"
      aria-atomic="false"
      className="pointer-events-none fixed right-3 bottom-3 left-3 z-50 flex flex-col items-end gap-2"
      onPointerEnter={() => holdToasts(true)}
      onPointerLeave={() => holdToasts(false)}
      onFocus={() => holdToasts(true)}
      onBlur={() => holdToasts(false)}
    >
      {shown.map((one) => (
        <FloatingToast key={one.id} toast={one} />
      ))}
    </section>
  )
}

function FloatingToast({ toast }: { toast: Toast }) {
  const { t } = useLingui()
  const seconds = Math.ceil(toast.left / 1_000)
  return (
    <div className="pointer-events-auto flex w-full max-w-96 items-start gap-2 rounded-md border border-edge bg-surface py-2 pr-1.5 pl-3">
      <Icon name={toast.tone === 'good' ? 'check' : 'info'} className={cx('mt-0.5', SIGNS[toast.tone])} />
      <ToastText toast={toast} />
      {toast.undo ? (
        <Button size="sm" onClick={() => undoToast(toast.id)}>
          <Trans>Undo</Trans>
          {/* Changing every second, it must not be read out every second. */}
          <span aria-hidden="true" className="text-muted tabular-nums">
            {seconds}
          </span>
        </Button>
      ) : null}
      <Button tone="ghost" size="sm" square aria-label={t`Close`} onClick={() => closeToast(toast.id)}>
        <Icon name="close" />
      </Button>
    </div>
  )
}

export function ToastText({ toast }: { toast: Toast }) {
  return (
    <div className="min-w-0 flex-1 py-0.5">
      <p className="break-words">
        {toast.text}
        {toast.times > 1 ? <span className="text-muted"> ×{toast.times}</span> : null}
      </p>
      {toast.detail ? (
        <p lang={toast.detailLang} className="text-sm break-words text-muted">
          {toast.detail}
        </p>
      ) : null}
    </div>
  )
}
