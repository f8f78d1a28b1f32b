import { type Extension, RangeSetBuilder, StateEffect, StateField, type Text } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutter } from '@codemirror/view'
import { visible } from '@/lib/hostile'
import type { Severity } from '../types'

/** What was found in a line. */
export type LineMark = { severity: Severity; line: number; text: string }

/** Replaces what is marked in the margin. */
export const showMarks = StateEffect.define<readonly LineMark[]>()

const SIGNS: Record<Severity, string> = { error: '✕', warning: '!', info: 'i' }

class Mark extends GutterMarker {
  constructor(
    readonly severity: Severity,
    readonly text: string,
  ) {
    super()
  }
  override eq(other: Mark): boolean {
    return other.severity === this.severity && other.text === this.text
  }
  override toDOM(): Node {
    const sign = document.createElement('span')
    sign.className = `finding-${this.severity}`
    sign.title = this.text
    sign.textContent = SIGNS[this.severity]
    return sign
  }
}

type Marks = { lines: DecorationSet; marks: ReadonlyMap<number, Mark> }

/** The gravest of each line, with the words of all. */
function marksOf(all: readonly LineMark[], doc: Text): Marks {
  const byLine = new Map<number, LineMark[]>()
  for (const mark of all) {
    if (mark.line < 1 || mark.line > doc.lines) continue
    byLine.set(mark.line, [...(byLine.get(mark.line) ?? []), mark])
  }
  const builder = new RangeSetBuilder<Decoration>()
  const marks = new Map<number, Mark>()
  for (const [line, found] of [...byLine].sort(([a], [b]) => a - b)) {
    const gravest = (['error', 'warning', 'info'] as const).find((one) => found.some((each) => each.severity === one))
    if (!gravest) continue
    const { from } = doc.line(line)
    builder.add(from, from, Decoration.line({ class: `line-${gravest}` }))
    marks.set(from, new Mark(gravest, found.map((one) => visible(one.text)).join('\n')))
  }
  return { lines: builder.finish(), marks }
}

const field = StateField.define<Marks>({
  create: () => ({ lines: Decoration.none, marks: new Map() }),
  update(marks, transaction) {
    for (const effect of transaction.effects) if (effect.is(showMarks)) return marksOf(effect.value, transaction.newDoc)
    if (!transaction.docChanged) return marks
    // Until the new text has been checked the marks move along with their lines.
    const moved = [...marks.marks].map(([from, mark]) => [transaction.changes.mapPos(from), mark] as const)
    return { lines: marks.lines.map(transaction.changes), marks: new Map(moved) }
  },
  provide: (marks) => EditorView.decorations.from(marks, (now) => now.lines),
})

/** A margin with a sign at each line that something was found in. */
export const findingMarks: Extension = [
  field,
  gutter({
    class: 'finding-margin',
    lineMarker: (view, line) => view.state.field(field).marks.get(line.from) ?? null,
    lineMarkerChange: (update) => update.startState.field(field) !== update.state.field(field),
    initialSpacer: () => new Mark('error', ''),
  }),
]
