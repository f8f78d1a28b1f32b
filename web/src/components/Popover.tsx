import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { cx } from '@/lib/cx'
import { Button, type ButtonProps } from './Button'

const EDGE = 8

type PopoverProps = Omit<ButtonProps, 'children' | 'onClick'> & {
  /** What the panel is, for screen readers. */
  label: string
  /** What stands on the button. */
  face: ReactNode
  panelClassName?: string
  children: (close: () => void) => ReactNode
}

/** A button with a panel below it that stays while one works in it. Esc, a click elsewhere or leaving by Tab closes it. */
export function Popover({ label, face, panelClassName, children, ...button }: PopoverProps) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const panel = useRef<HTMLFieldSetElement>(null)
  useEffect(() => {
    if (!open) return
    const onPointerDown = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener('pointerdown', onPointerDown)
    return () => document.removeEventListener('pointerdown', onPointerDown)
  }, [open])
  useLayoutEffect(() => {
    const element = panel.current
    if (!open || !element) return
    // Beside an edge of the window it moves inwards.
    const place = element.getBoundingClientRect()
    const beyond = place.right - document.documentElement.clientWidth + EDGE
    if (beyond > 0) element.style.left = `${-Math.min(beyond, Math.max(0, place.left - EDGE))}px`
  }, [open])
  function close() {
    setOpen(false)
    box.current?.querySelector('button')?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only hears what its controls leave.
    <div
      ref={box}
      className="relative"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return
        close()
        event.stopPropagation()
      }}
      onBlur={(event) => {
        if (event.relatedTarget && !box.current?.contains(event.relatedTarget)) setOpen(false)
      }}
    >
      <Button aria-expanded={open} aria-controls={open ? id : undefined} {...button} onClick={() => setOpen(!open)}>
        {face}
      </Button>
      {open ? (
        <fieldset
          ref={panel}
          id={id}
          aria-label={label}
          className={cx(
            'absolute top-full left-0 z-30 mt-1 max-w-[calc(100vw-1rem)] rounded-md border border-edge bg-surface',
            panelClassName,
          )}
        >
          {children(close)}
        </fieldset>
      ) : null}
    </div>
  )
}
