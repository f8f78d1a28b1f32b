import { EditorView } from '@codemirror/view'
import { waitFor } from '@testing-library/react'

/** The editor with a label. It lives in a shadow root, where the queries of the page do not look. */
export function findEditor(label: string): Promise<EditorView> {
  return waitFor(() => {
    for (const { shadowRoot } of document.querySelectorAll('div')) {
      const content = shadowRoot?.querySelector<HTMLElement>(`[role=textbox][aria-label="${label}"]`)
      const view = content ? EditorView.findFromDOM(content) : null
      if (view) return view
    }
    throw new Error(`there is no editor ${label}`)
  })
}
