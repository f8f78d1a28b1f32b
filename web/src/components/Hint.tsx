import { type ReactNode, useEffect, useId, useRef, useState } from 'react'

type Place = { left: number; top: number }
const WIDTH = 288
const EDGE = 8

/** Something short with an explanation that shows on hover, on focus and on touch; Esc closes it. */
export function Hint({ text, children }: { text: ReactNode; children: ReactNode }) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const [place, setPlace] = useState<Place | null>(null)
  const open = place !== null
  function show() {
    const box = button.current?.getBoundingClientRect()
    if (!box) return
    const left = Math.max(EDGE, Math.min(box.left, document.documentElement.clientWidth - WIDTH - EDGE))
    setPlace({ left, top: box.bottom })
  }
  const hide = () => setPlace(null)
  useEffect(() => {
    if (!open) return
    const onKeyDown = (event: KeyboardEvent) => event.key === 'Escape' && setPlace(null)
    // It stands still while the page moves under it.
    const onScroll = () => setPlace(null)
    document.addEventListener('keydown', onKeyDown)
    document.addEventListener('scroll', onScroll, { capture: true, passive: true })
    return () => {
      document.removeEventListener('keydown', onKeyDown)
      document.removeEventListener('scroll', onScroll, { capture: true })
    }
  }, [open])
  return (
    <span className="inline-flex" onPointerEnter={show} onPointerLeave={hide}>
      <button
        ref={button}
        type="button"
        aria-describedby={open ? id : undefined}
        className="inline-flex cursor-help"
        onClick={show}
        onFocus={show}
        onBlur={hide}
      >
        {children}
      </button>
      {place ? (
        <span id={id} role="tooltip" className="fixed z-40 w-72 pt-1" style={place}>
          <span className="block rounded-md border border-edge bg-surface px-2.5 py-1.5 text-left text-sm whitespace-normal text-fg">
            {text}
          </span>
        </span>
      ) : null}
    </span>
  )
}
