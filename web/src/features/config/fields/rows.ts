import type { Edit } from '../tray/edits'
import type { Change, Finding, ItemId, ItemOption, OptionKind, OptionSpec } from '../types'

/** An option with its description; options that nobody has described are texts. */
export type Row = { option: ItemOption; spec: OptionSpec | null; kind: OptionKind }
export type Group = { name: string; rows: Row[] }

/** Where options without a description stand. */
export const OTHER_GROUP = 'other'

/** What a form changes: one item, or the defaults of all jails. */
export type FormTarget = { item: ItemId } | 'defaults'

export function rowsOf(options: readonly ItemOption[], specs: readonly OptionSpec[], kind: ItemId['kind']): Row[] {
  const described = new Map<string, OptionSpec>()
  for (const spec of specs) {
    if (spec.item !== kind) continue
    if (!described.has(spec.name)) described.set(spec.name, spec)
    if (spec.section) described.set(`${spec.section}/${spec.name}`, spec)
  }
  return options.map((option) => {
    // `actionban?family=inet6` is described as `actionban`.
    const name = option.name.split('?')[0] ?? option.name
    const spec = described.get(`${option.section}/${name}`) ?? described.get(name) ?? null
    return { option, spec, kind: spec?.value ?? { kind: option.value?.includes('\n') ? 'lines' : 'text' } }
  })
}

/** The rows by group, in the order in which the description names them; what is not described last. */
export function grouped(rows: readonly Row[]): Group[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const name = row.spec?.group ?? OTHER_GROUP
    const found = groups.get(name)
    if (found) found.push(row)
    else groups.set(name, [row])
  }
  const other = groups.get(OTHER_GROUP)
  if (other && groups.delete(OTHER_GROUP)) groups.set(OTHER_GROUP, other)
  return [...groups].map(([name, found]) => ({ name, rows: found }))
}

/** The rows that a form shows: those that the search finds, and without "show all" only those that a file or an edit sets. */
export function shownRows(
  rows: readonly Row[],
  { all, search, edited }: { all: boolean; search: string; edited: (option: ItemOption) => boolean },
): Row[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter(({ option, spec }) => {
    const text = `${option.name} ${option.value ?? ''} ${spec?.help ?? ''}`.toLowerCase()
    if (words.length > 0) return words.every((word) => text.includes(word))
    return all || Boolean(option.setAt) || option.differs || edited(option)
  })
}

function sectionOf(item: ItemId, option: ItemOption): string | null {
  return item.kind === 'jail' || option.section === 'Definition' ? null : option.section
}

/** The change that gives an option this value. */
export function setChange(target: FormTarget, option: ItemOption, value: string): Change {
  if (target === 'defaults') return { change: 'setDefault', option: option.name, value }
  const { item } = target
  return { change: 'set', item, section: sectionOf(item, option), option: option.name, value }
}

/** The change that lets the inherited value hold again. */
export function resetChange(target: FormTarget, option: ItemOption): Change {
  if (target === 'defaults') return { change: 'setDefault', option: option.name, value: null }
  const { item } = target
  return { change: 'reset', item, section: sectionOf(item, option), option: option.name }
}

/** The value that a field shows: what an edit gives, else what takes effect. A reset shows what comes back, as far as it is known. */
export function shownValue({ option, spec }: Row, edit: Edit | undefined): string {
  const change = edit?.change
  if ((change?.change === 'set' || change?.change === 'setDefault') && typeof change.value === 'string')
    return change.value
  if (change?.change === 'enable' || change?.change === 'disable') return String(change.change === 'enable')
  if (change) return option.overrides[0]?.raw ?? spec?.default ?? ''
  return option.value ?? ''
}

export function isReset(edit: Edit | undefined): boolean {
  return (
    edit?.change.change === 'reset' || (edit?.change.change === 'setDefault' && (edit.change.value ?? null) === null)
  )
}

/** What was found about an option of a form. */
export function findingsOf(findings: readonly Finding[], target: FormTarget, option: ItemOption): Finding[] {
  return findings.filter((finding) => {
    if (finding.option !== option.name) return false
    if (target === 'defaults' || !finding.item) return true
    return finding.item.kind === target.item.kind && finding.item.name === target.item.name
  })
}
