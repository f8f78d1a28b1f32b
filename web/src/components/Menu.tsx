import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { Button, type ButtonProps } from './Button'
import type { IconName } from './Icon'

export type MenuItem =
  | {
      label: string
      onSelect: () => void
      icon?: IconName
      /** What it means and does, in a sentence under the label. */
      hint?: string
      danger?: boolean
      disabled?: boolean
      /** Makes it one of a set: a tick before the chosen one. */
      checked?: boolean
    }
  | { heading: string }
  | 'separator'

export type AnchoredMenuProps = { label: string; items: readonly MenuItem[]; anchor: HTMLElement; onClose: () => void }

// Radix comes only when the first menu opens.
const load = () => import('./AnchoredMenu')
const Lazy = lazy(load)

/** A menu at an element. For tables: one of these for all rows, with the pressed button as anchor. */
export function AnchoredMenu(props: AnchoredMenuProps) {
  return (
    <Suspense>
      <Lazy {...props} />
    </Suspense>
  )
}

type MenuProps = Omit<ButtonProps, 'onClick'> & { label: string; items: readonly MenuItem[]; children: ReactNode }

/** A button with a menu. */
export function Menu({ label, items, children, ...rest }: MenuProps) {
  const button = useRef<HTMLButtonElement>(null)
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const wasOpen = useRef(false)
  return (
    <>
      <Button
        ref={button}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
        onPointerDown={() => {
          // The press that closes an open menu must not open it again.
          wasOpen.current = anchor !== null
        }}
        onClick={() => {
          setAnchor(wasOpen.current ? null : button.current)
          wasOpen.current = false
        }}
        {...rest}
      >
        {children}
      </Button>
      {anchor ? <AnchoredMenu label={label} items={items} anchor={anchor} onClose={() => setAnchor(null)} /> : null}
    </>
  )
}
