import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

// The page's own colours: its variables reach into the shadow root that the editor lives in.
const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: tags.heading, color: 'var(--accent)', fontWeight: '600' },
  { tag: tags.propertyName, color: 'var(--fg)', fontWeight: '600' },
  { tag: tags.operator, color: 'var(--muted)' },
  { tag: tags.special(tags.string), color: 'var(--good)' },
  { tag: tags.tagName, color: 'var(--warning)' },
])

const look = EditorView.theme({
  '&': { backgroundColor: 'var(--surface)', color: 'var(--fg)', fontSize: '0.8125rem', maxHeight: '70vh' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.25rem', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--fg)' },
  // A short text is no smaller a place to click at.
  '.cm-content, .cm-gutter': { minHeight: '10rem' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--fg)' },
  '.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--muted)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--hover)', color: 'var(--fg)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 30%, transparent)',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--warning-soft)', outline: '1px solid var(--warning)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--accent)' },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--fg)', borderColor: 'var(--line)' },
  '.cm-textfield, .cm-button': {
    backgroundColor: 'var(--surface)',
    backgroundImage: 'none',
    color: 'var(--fg)',
    border: '1px solid var(--edge)',
    borderRadius: '0.25rem',
    fontSize: '0.8125rem',
  },
  '.cm-panel.cm-search label': { fontSize: '0.8125rem' },
  '.cm-panel.cm-search [name=close]': { color: 'var(--fg)', fontSize: '1rem', padding: '0 0.5rem' },
  '.cm-specialChar': {
    backgroundColor: 'var(--warning-soft)',
    color: 'var(--warning)',
    borderRadius: '0.25rem',
    padding: '0 0.125rem',
    fontSize: '0.75rem',
  },
  '.finding-margin': { width: '1.25rem', textAlign: 'center', fontWeight: '700', cursor: 'help' },
  '.finding-error': { color: 'var(--danger)' },
  '.finding-warning': { color: 'var(--warning)' },
  '.finding-info': { color: 'var(--accent)' },
  '.line-error': { backgroundColor: 'var(--danger-soft)' },
  '.line-warning': { backgroundColor: 'var(--warning-soft)' },
})

export const theme = [look, syntaxHighlighting(colours)]
