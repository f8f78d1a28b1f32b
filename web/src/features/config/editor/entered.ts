import { Text, type TransactionSpec } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

const LINE_ENDS = /\r\n?|\n/

type Span = { from: number; to: number }

/**
 * What takes the place of a selection. Chromium would give it the colours of what it replaces, by a style attribute, which the content policy
 * forbids and the console then complains of. So the editor puts it in, and the browser changes nothing.
 */
const overSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    // While characters are composed the browser has its own text in the page, and lets nobody take that over.
    if (!event.cancelable || event.isComposing || view.state.readOnly) return false
    const text = textOf(event)
    if (text === undefined) return false
    const over = selected(event, view)
    if (over.from === over.to) return false
    view.dispatch(replaced(over, text), {
      userEvent: text === '' ? 'delete.selection' : 'input.type',
      scrollIntoView: true,
    })
    return true
  },
})

function replaced({ from, to }: Span, text: string): TransactionSpec {
  const insert = Text.of(text.split(LINE_ENDS))
  return { changes: { from, to, insert }, selection: { anchor: from + insert.length } }
}

/** What an input puts where the selection is; `undefined` where that is not text. */
function textOf({ inputType, data, dataTransfer }: InputEvent): string | undefined {
  if (inputType.startsWith('delete')) return ''
  if (inputType === 'insertParagraph' || inputType === 'insertLineBreak') return '\n'
  if (!/^insert(Text|ReplacementText|FromPaste|FromDrop|FromYank)$/.test(inputType)) return undefined
  return data ?? dataTransfer?.getData('text/plain') ?? undefined
}

/** What is selected: as the browser has it, where the editor has not heard of that yet. */
function selected(event: InputEvent, view: EditorView): Span {
  const { main } = view.state.selection
  const told = spanAt(view, rangeOf(event, view.root))
  // Of long text only a part is in the page: positions outside of it are compared by where they stand there.
  const known = spanAt(view, onPage(view, main))
  return told && (told.from !== known?.from || told.to !== known.to) ? told : main
}

type Ends = Pick<StaticRange, 'startContainer' | 'startOffset' | 'endContainer' | 'endOffset'>

function onPage(view: EditorView, { from, to }: Span): Ends {
  const [start, end] = [view.domAtPos(from), view.domAtPos(to)]
  return { startContainer: start.node, startOffset: start.offset, endContainer: end.node, endOffset: end.offset }
}

function spanAt(view: EditorView, range: Ends | undefined): Span | undefined {
  if (!range || !view.contentDOM.contains(range.startContainer) || !view.contentDOM.contains(range.endContainer)) {
    return undefined
  }
  return {
    from: view.posAtDOM(range.startContainer, range.startOffset),
    to: view.posAtDOM(range.endContainer, range.endOffset),
  }
}

/** Chromium names no target ranges in a shadow root, but its roots, as no others, know their selection. */
function rangeOf(event: InputEvent, root: DocumentOrShadowRoot & { getSelection?: () => Selection | null }) {
  const [target] = event.getTargetRanges()
  if (target) return target
  const selection = root.getSelection?.()
  return selection && selection.rangeCount > 0 ? selection.getRangeAt(0) : undefined
}

/** What is pasted gets the line ends of the file: others would stand in it as characters. */
const pastedLines = EditorView.clipboardInputFilter.of((text, state) => text.split(LINE_ENDS).join(state.lineBreak))

/** How text gets into the editor where the browser alone would not put it in right. */
export const entered = [overSelection, pastedLines]
