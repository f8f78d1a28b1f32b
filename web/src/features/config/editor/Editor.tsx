import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder as shownWhenEmpty,
} from '@codemirror/view'
import { useLingui } from '@lingui/react/macro'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import { HIDDEN_CHARACTERS, visible } from '@/lib/hostile'
import { entered } from './entered'
import { findingMarks, type LineMark, showMarks } from './finding-marks'
import { ini } from './ini'
import { theme } from './theme'

export type EditorProps = {
  label: string
  /** What it begins with. Another text needs another `key`. */
  text: string
  readOnly: boolean
  /** What is marked in the margin. */
  marks: readonly LineMark[]
  /** An example, shown where there is no text. */
  placeholder?: string
  /** Brings a line into sight; another object of the same line does it again. */
  goTo?: { line: number }
  onChange?: (text: string) => void
}

const FIXED: Extension = [
  lineNumbers(),
  findingMarks,
  highlightActiveLineGutter(),
  highlightActiveLine(),
  // What hides or reorders text is shown by its number, as everywhere on the page.
  highlightSpecialChars({
    addSpecialChars: new RegExp(HIDDEN_CHARACTERS.source, 'gu'),
    render: (code) => {
      const sign = document.createElement('span')
      sign.className = 'cm-specialChar'
      sign.textContent = visible(String.fromCodePoint(code)).slice(1, -1)
      return sign
    },
  }),
  history(),
  drawSelection(),
  search({ top: true }),
  highlightSelectionMatches(),
  // Tab leaves the editor, as it leaves every field: nobody is caught in it.
  keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap]),
  entered,
  ini,
  theme,
]

/** What may change while somebody edits; the text, and where one is in it, stay. */
const circumstances = new Compartment()

/** The text of a file of fail2ban. It lives in a shadow root: there its styles need no style element, which the content policy forbids. */
export default function Editor({ label, text, readOnly, marks, placeholder = '', goTo, onChange }: EditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const told = useRef(onChange)
  told.current = onChange
  const phrases = usePhrases()
  const now = useMemo<Extension>(
    () => [
      EditorState.phrases.of(phrases),
      EditorState.readOnly.of(readOnly),
      shownWhenEmpty(placeholder),
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
    ],
    [phrases, readOnly, placeholder, label],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor keeps its own text; another one comes with another key.
  useLayoutEffect(() => {
    const element = host.current
    if (!element) return
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
    const state = EditorState.create({
      doc: text,
      extensions: [
        FIXED,
        circumstances.of(now),
        EditorState.lineSeparator.of(lineEnd(text)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) told.current?.(update.state.sliceDoc())
        }),
      ],
    })
    const made = new EditorView({ state, parent: root, root })
    view.current = made
    return () => {
      view.current = null
      made.destroy()
    }
  }, [])
  useLayoutEffect(() => {
    view.current?.dispatch({ effects: circumstances.reconfigure(now) })
  }, [now])
  useEffect(() => {
    view.current?.dispatch({ effects: showMarks.of(marks) })
  }, [marks])
  useEffect(() => {
    const now = view.current
    if (!goTo || !now || goTo.line < 1 || goTo.line > now.state.doc.lines) return
    const { from } = now.state.doc.line(goTo.line)
    now.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) })
    now.focus()
  }, [goTo])
  return <div ref={host} />
}

/** What ends the lines of a text, so that it is given back as it came. Where both ends stand, the odd one is a visible character. */
export function lineEnd(text: string): string {
  return text.includes('\r\n') && !/(^|[^\r])\n/.test(text) ? '\r\n' : '\n'
}

/** The words of the search panel. */
function usePhrases(): Record<string, string> {
  const { t } = useLingui()
  return useMemo(
    () => ({
      Find: t`Find`,
      Replace: t`Replace with`,
      next: t`next`,
      previous: t`previous`,
      all: t`all`,
      'match case': t`match case`,
      regexp: t`regular expression`,
      'by word': t`whole words`,
      replace: t`replace`,
      'replace all': t`replace all`,
      close: t`close`,
      'current match': t`current match`,
      'on line': t`on line`,
      'Go to line': t`Go to line`,
      go: t`go`,
      'Control character': t`Control character`,
    }),
    [t],
  )
}
