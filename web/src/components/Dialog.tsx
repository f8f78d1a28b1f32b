import { Trans, useLingui } from '@lingui/react/macro'
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { ApiProblem } from '@/api/problem'
import { cx } from '@/lib/cx'
import { Button } from './Button'
import { Field, Input } from './Field'
import { Icon } from './Icon'
import { ProblemNote } from './ProblemNote'

type DialogProps = {
  open: boolean
  onClose: () => void
  title: ReactNode
  children: ReactNode
  footer?: ReactNode
  size?: 'sm' | 'md' | 'lg'
  /** While something is under way: Esc and the cross do nothing. */
  locked?: boolean
}

const SIZES = { sm: 'max-w-md', md: 'max-w-xl', lg: 'max-w-3xl' }

/**
 * The browser's own modal dialog: it traps focus, makes the rest inert and gives focus back. (A library's would put a style
 * element into the page, which the content policy forbids.) What has `data-autofocus` gets the focus first.
 */
export function Dialog(props: DialogProps) {
  return props.open ? <OpenDialog {...props} /> : null
}

function OpenDialog({ onClose, title, children, footer, size = 'md', locked = false }: DialogProps) {
  const { t } = useLingui()
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useLayoutEffect(() => {
    const dialog = ref.current
    if (!dialog) return
    dialog.showModal()
    const first = dialog.querySelector<HTMLElement>('[data-autofocus]')
    if (first) first.focus()
    return () => dialog.close()
  }, [])
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      className={cx(
        'm-auto max-h-[calc(100dvh-2rem)] w-[calc(100%-2rem)] overflow-hidden rounded-md border border-edge bg-surface text-fg open:flex open:flex-col',
        SIZES[size],
      )}
      onCancel={(event) => {
        if (event.target !== ref.current) return
        event.preventDefault()
        if (!locked) onClose()
      }}
      onKeyDown={(event) => {
        // Browsers let a second Esc through a cancelled `cancel`; a locked dialog must stay.
        if (event.key === 'Escape' && locked) event.preventDefault()
        event.stopPropagation()
      }}
    >
      <div className="flex items-center gap-2 border-b py-2 pr-2 pl-4">
        <h2 id={titleId} className="flex-1 text-lg font-semibold">
          {title}
        </h2>
        <Button tone="ghost" square size="sm" aria-label={t`Close`} disabled={locked} onClick={onClose}>
          <Icon name="close" />
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">{children}</div>
      {footer ? <div className="flex flex-wrap justify-end gap-2 border-t px-4 py-3">{footer}</div> : null}
    </dialog>
  )
}

type ConfirmProps = {
  open: boolean
  onClose: () => void
  title: ReactNode
  /** Says exactly what will be hit. */
  children: ReactNode
  /** The verb on the button: "Stop jail sshd". */
  verb: ReactNode
  danger?: boolean
  /** For the worst: the words that must be typed first. */
  typed?: string
  /** Closes when it resolves; what it throws is shown in the dialog. */
  onConfirm: () => Promise<unknown>
}

export function ConfirmDialog({
  open,
  onClose,
  title,
  children,
  verb,
  danger = false,
  typed,
  onConfirm,
}: ConfirmProps) {
  const [word, setWord] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  useEffect(() => {
    if (!open) return
    setWord('')
    setProblem(null)
  }, [open])
  const ready = !typed || word.trim() === typed
  async function confirm() {
    setBusy(true)
    setProblem(null)
    try {
      await onConfirm()
      onClose()
    } catch (error) {
      setProblem(ApiProblem.from(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      size="sm"
      locked={busy}
      footer={
        <>
          <Button onClick={onClose} disabled={busy} data-autofocus={typed ? undefined : true}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone={danger ? 'danger' : 'primary'} busy={busy} disabled={!ready} onClick={confirm}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !busy) void confirm()
        }}
      >
        <div>{children}</div>
        {typed ? (
          <Field
            label={
              <Trans>
                Type <code className="font-mono">{typed}</code> to go on
              </Trans>
            }
          >
            {(field) => (
              <Input
                {...field}
                data-autofocus
                autoComplete="off"
                spellCheck={false}
                value={word}
                onChange={(event) => setWord(event.target.value)}
              />
            )}
          </Field>
        ) : null}
        {problem ? <ProblemNote problem={problem} /> : null}
      </form>
    </Dialog>
  )
}
