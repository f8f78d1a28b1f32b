import { Text } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

const LINE_ENDS = /\r\n?|\n/

/**
 * Text that is typed over a selection. Chromium would give it the colours of what it replaces, by a style attribute, which the content policy
 * forbids and the console then complains of. So the editor puts it in, and the browser changes nothing.
 */
const typedOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { state } = view
    if (event.inputType !== 'insertText' || event.data === null || !event.cancelable || event.isComposing) return false
    if (state.readOnly) return false
    const insert = Text.of(event.data.split(LINE_ENDS))
    const over = state.selection.ranges.every((range) => range.empty) ? selectedSince(event, view) : null
    if (over === undefined) return false
    const change = over
      ? { changes: { ...over, insert }, selection: { anchor: over.from + insert.length } }
      : state.replaceSelection(insert)
    view.dispatch(change, { userEvent: 'input.type', scrollIntoView: true })
    return true
  },
})

/** What the browser has selected and the editor does not know of yet, as it learns of it a moment later. */
function selectedSince(event: InputEvent, view: EditorView): { from: number; to: number } | undefined {
  const [range] = event.getTargetRanges()
  if (!range || range.collapsed) return undefined
  const from = view.posAtDOM(range.startContainer, range.startOffset)
  const to = view.posAtDOM(range.endContainer, range.endOffset)
  return from < to ? { from, to } : undefined
}

/** What is pasted gets the line ends of the file: others would stand in it as characters. */
const pastedLines = EditorView.clipboardInputFilter.of((text, state) => text.split(LINE_ENDS).join(state.lineBreak))

/** How text gets into the editor where the browser alone would not put it in right. */
export const entered = [typedOverSelection, pastedLines]
