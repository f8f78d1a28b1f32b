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
    if (state.readOnly || state.selection.ranges.every((range) => range.empty)) return false
    const typed = Text.of(event.data.split(LINE_ENDS))
    view.dispatch(state.replaceSelection(typed), { userEvent: 'input.type', scrollIntoView: true })
    return true
  },
})

/** What is pasted gets the line ends of the file: others would stand in it as characters. */
const pastedLines = EditorView.clipboardInputFilter.of((text, state) => text.split(LINE_ENDS).join(state.lineBreak))

/** How text gets into the editor where the browser alone would not put it in right. */
export const entered = [typedOverSelection, pastedLines]
