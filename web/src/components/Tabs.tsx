import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { cx } from '@/lib/cx'

export type Tab<T extends string> = { id: T; label: ReactNode }

type TabsProps<T extends string> = {
  label: string
  tabs: readonly Tab<T>[]
  value: T
  onChange: (id: T) => void
  /** The panel of the chosen tab. */
  children: ReactNode
}

/** Tabs whose choice lives outside, in the URL. Arrow keys, Home and End move. */
export function Tabs<T extends string>({ label, tabs, value, onChange, children }: TabsProps<T>) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const place = useRef('')
  // On a phone the chosen one may lie beyond the edge, and counts that come later move it. Only the list is moved, never the page.
  useLayoutEffect(() => {
    const box = list.current
    const chosen = box?.querySelector<HTMLElement>('[aria-selected=true]')
    if (!box || !chosen) return
    const left = chosen.offsetLeft - box.offsetLeft
    const right = left + chosen.offsetWidth
    // Where somebody has scrolled to stays, as long as nothing moves.
    if (place.current === `${value} ${left} ${right}`) return
    place.current = `${value} ${left} ${right}`
    if (left < box.scrollLeft) box.scrollLeft = left
    else if (right > box.scrollLeft + box.clientWidth) box.scrollLeft = right - box.clientWidth
  })
  function onKeyDown(event: KeyboardEvent) {
    const at = tabs.findIndex((tab) => tab.id === value)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const index = (to + tabs.length) % tabs.length
    const tab = tabs[index]
    if (!tab) return
    onChange(tab.id)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[index]?.focus()
  }
  return (
    <div className="flex min-w-0 flex-col">
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        className="flex gap-1 overflow-x-auto border-b"
        onKeyDown={onKeyDown}
      >
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-${tab.id}`}
            aria-selected={tab.id === value}
            aria-controls={tab.id === value ? `${id}-panel` : undefined}
            tabIndex={tab.id === value ? 0 : -1}
            className={cx(
              '-mb-px inline-flex h-9 shrink-0 items-center gap-1.5 border-b-2 px-2.5',
              tab.id === value ? 'border-accent font-medium text-fg' : 'border-transparent text-muted hover:text-fg',
            )}
            onClick={() => onChange(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`} className="pt-3">
        {children}
      </div>
    </div>
  )
}
