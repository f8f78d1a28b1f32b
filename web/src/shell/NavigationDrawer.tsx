import { useLingui } from '@lingui/react/macro'
import { useLayoutEffect, useRef } from 'react'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { Navigation } from './Navigation'

/** The navigation on a narrow screen. */
export default function NavigationDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const ref = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc and the cross close it too.
    <dialog
      ref={ref}
      aria-label={t`Navigation`}
      className="m-0 h-dvh max-h-none w-64 max-w-[85vw] border-r border-edge bg-surface p-2 text-fg"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        // The backdrop, or a link to the page that is open already.
        if (event.target === ref.current || (event.target as HTMLElement).closest('a')) onClose()
      }}
    >
      <div className="mb-2 flex h-9 items-center justify-between pl-2 font-semibold">
        BanGUI
        <Button tone="ghost" square aria-label={t`Close`} onClick={onClose}>
          <Icon name="close" />
        </Button>
      </div>
      <nav aria-label={t`Pages`}>
        <Navigation />
      </nav>
    </dialog>
  )
}
