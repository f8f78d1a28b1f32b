/** Copies a text. `navigator.clipboard` is missing on plain http, where many an admin tool runs. */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // Refused: the old way below may still do.
    }
  }
  const field = document.createElement('textarea')
  field.value = text
  field.style.position = 'fixed'
  field.style.opacity = '0'
  const host = document.querySelector('dialog[open]') ?? document.body
  host.append(field)
  const before = document.activeElement
  field.select()
  const done = document.execCommand?.('copy') ?? false
  field.remove()
  if (before instanceof HTMLElement) before.focus()
  return done
}
