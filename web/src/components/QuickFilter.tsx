import { useEffect, useRef, useState } from 'react'
import { Input } from '@/components/Field'
import { Icon } from '@/components/Icon'

type QuickFilterProps = { label: string; placeholder: string; value: string; onChange: (value: string) => void }

/** A search field that follows the URL, and does not lose the letter that the URL is still behind with. */
export function QuickFilter({ label, placeholder, value, onChange }: QuickFilterProps) {
  const [typed, setTyped] = useState(value)
  const told = useRef(value)
  useEffect(() => {
    // The URL has changed by itself: Back, a link, "Clear filter".
    if (value === told.current) return
    told.current = value
    setTyped(value)
  }, [value])
  function change(next: string) {
    setTyped(next)
    told.current = next.trim()
    onChange(told.current)
  }
  return (
    <div className="relative min-w-52 flex-1 sm:max-w-80">
      <Icon name="search" className="pointer-events-none absolute top-1/2 left-2 -translate-y-1/2 text-muted" />
      <Input
        data-search
        type="search"
        aria-label={label}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        className="pl-8"
        value={typed}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && typed === '') event.currentTarget.blur()
        }}
      />
    </div>
  )
}
