import { useEffect, useRef } from 'react'

/** True while the person writes: single-letter keys belong to the text then. */
function writing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type)
}

/**
 * Page-wide keys: `{ '?': showHelp, 'mod+k': openPalette }`; `mod` is Ctrl, or ⌘ on a Mac. Keys without `mod` do nothing while
 * somebody writes or a dialog is open.
 */
export function useHotkeys(keys: Record<string, (event: KeyboardEvent) => void>): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.isComposing) return
      const mod = event.ctrlKey || event.metaKey
      const action = latest.current[mod ? `mod+${event.key.toLowerCase()}` : event.key]
      if (!action) return
      // The first of the path is what has the focus inside of a shadow root too, where the editor is.
      if (!mod && (writing(event.composedPath()[0] ?? null) || document.querySelector('dialog[open]'))) return
      event.preventDefault()
      action(event)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

/** Puts the cursor into the page's search: the field that has `data-search`. */
export function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>('#main [data-search]')
  field?.focus()
  field?.select()
}
