import { EditorView } from '@codemirror/view'
import { I18nProvider } from '@lingui/react'
import { act, render } from '@testing-library/react'
import { describe, expect, test, vi } from 'vitest'
import { language } from '@/test/render'
import Editor, { type EditorProps } from './Editor'

const texts = language('en')
const TEXT = '[DEFAULT]\nmaxmatches = 7\n'

function show(props: Partial<EditorProps> = {}) {
  const onChange = vi.fn<(text: string) => void>()
  const editor = (more: Partial<EditorProps> = {}) => (
    <I18nProvider i18n={texts}>
      <Editor label="Text" text={TEXT} readOnly={false} marks={[]} onChange={onChange} {...props} {...more} />
    </I18nProvider>
  )
  const { container, rerender } = render(editor())
  const content = container.querySelector('div')?.shadowRoot?.querySelector<HTMLElement>('.cm-content')
  const view = content && EditorView.findFromDOM(content)
  if (!view) throw new Error('there is no editor')
  return { view, onChange, change: (more: Partial<EditorProps>) => rerender(editor(more)) }
}

/** What the browser tells before it changes the page; `over` are positions of what it has selected. */
function input(view: EditorView, inputType: string, data: string | null, over: [number, number], cancelable = true) {
  const [start, end] = over.map((position) => view.domAtPos(position))
  const event = new InputEvent('beforeinput', { inputType, data, bubbles: true, cancelable })
  const range = {
    startContainer: start?.node,
    startOffset: start?.offset,
    endContainer: end?.node,
    endOffset: end?.offset,
  }
  Object.assign(event, { getTargetRanges: () => [range] })
  act(() => {
    view.contentDOM.dispatchEvent(event)
  })
  return event
}

const [WORD_FROM, WORD_TO] = [10, 20]

describe('input over a selection', () => {
  test('typed text takes its place, and the browser is told to change nothing', () => {
    const { view, onChange } = show()
    view.dispatch({ selection: { anchor: WORD_FROM, head: WORD_TO } })
    const event = input(view, 'insertText', 'bantime', [WORD_FROM, WORD_TO])
    expect(event.defaultPrevented).toBe(true)
    expect(onChange).toHaveBeenLastCalledWith('[DEFAULT]\nbantime = 7\n')
    expect(view.state.selection.main).toMatchObject({ from: WORD_FROM + 7, to: WORD_FROM + 7 })
  })

  test.each([
    ['the editor knows of none', 0, 0],
    ['the editor knows of another one', 0, 4],
  ])('what the browser has selected counts where %s', (_, anchor, head) => {
    const { view } = show()
    view.dispatch({ selection: { anchor, head } })
    input(view, 'insertText', '[sshd]\nmaxmatches = 8\n', [0, TEXT.length])
    expect(view.state.sliceDoc()).toBe('[sshd]\nmaxmatches = 8\n')
  })

  test.each([
    ['deleteContentBackward', null, '[DEFAULT]\n = 7\n'],
    ['insertParagraph', null, '[DEFAULT]\n\n = 7\n'],
    ['insertReplacementText', 'findtime', '[DEFAULT]\nfindtime = 7\n'],
    ['insertFromPaste', 'a\r\nb', '[DEFAULT]\na\nb = 7\n'],
  ])('%s does to the selection what it says', (inputType, data, text) => {
    const { view } = show()
    view.dispatch({ selection: { anchor: WORD_TO, head: WORD_FROM } })
    expect(input(view, inputType, data, [WORD_FROM, WORD_TO]).defaultPrevented).toBe(true)
    expect(view.state.sliceDoc()).toBe(text)
  })

  test('the selection of the root counts where the browser names no target, as Chromium in a shadow root', () => {
    const { view } = show()
    const [start, end] = [view.domAtPos(0), view.domAtPos(TEXT.length)]
    const range = document.createRange()
    range.setStart(start.node, start.offset)
    range.setEnd(end.node, end.offset)
    Object.assign(view.root, { getSelection: () => ({ rangeCount: 1, getRangeAt: () => range }) })
    const event = new InputEvent('beforeinput', { inputType: 'insertText', data: '# all', cancelable: true })
    Object.assign(event, { getTargetRanges: () => [] })
    act(() => {
      view.contentDOM.dispatchEvent(event)
    })
    expect(event.defaultPrevented).toBe(true)
    expect(view.state.sliceDoc()).toBe('# all')
  })

  test('new lines end as those of the file do', () => {
    const { view, onChange } = show({ text: '[a]\r\nb = 1\r\n' })
    input(view, 'insertText', '[x]\ny', [0, view.state.doc.length])
    expect(onChange).toHaveBeenLastCalledWith('[x]\r\ny')
  })

  test.each([
    ['nothing is selected', 'insertText', [4, 4], true],
    ['it is a format', 'formatBold', [WORD_FROM, WORD_TO], true],
    ['the browser takes no refusal', 'insertText', [WORD_FROM, WORD_TO], false],
  ] as const)('the browser does it where %s', (_, inputType, [from, to], cancelable) => {
    const { view } = show()
    view.dispatch({ selection: { anchor: from, head: to } })
    expect(input(view, inputType, 'x', [from, to], cancelable).defaultPrevented).toBe(false)
    expect(view.state.sliceDoc()).toBe(TEXT)
  })

  test('a text that may not be changed stays', () => {
    const { view } = show({ readOnly: true })
    input(view, 'insertText', 'x', [WORD_FROM, WORD_TO])
    expect(view.state.sliceDoc()).toBe(TEXT)
  })
})

test('what was typed stays while one may not edit for a moment', () => {
  const { view, change } = show()
  input(view, 'insertText', '[sshd]\n', [0, TEXT.length])
  change({ readOnly: true, label: 'Text of a file' })
  expect(view.state.sliceDoc()).toBe('[sshd]\n')
  expect(view.state.readOnly).toBe(true)
  expect(view.contentDOM).toHaveAccessibleName('Text of a file')
  change({ readOnly: false })
  expect(view.state.readOnly).toBe(false)
})
