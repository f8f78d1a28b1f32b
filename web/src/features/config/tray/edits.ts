import type { Change, ItemId } from '../types'

/** A change that waits in the tray. */
export type Edit = {
  /** What it is about: a later change of the same thing takes its place. */
  key: string
  change: Change
  /** What was there when the person began, where that is known: for the words "5 → 3". */
  before?: string | null
}

/** An item as one word. */
export const itemKey = ({ kind, name }: ItemId) => `${kind}/${name}`

/** What a change is about. Two changes of one key cannot stand beside each other. */
export function keyOf(change: Change): string {
  switch (change.change) {
    case 'set':
    case 'reset':
      if (change.item.kind === 'jail' && change.option === 'enabled') return `use ${itemKey(change.item)}`
      return `option ${itemKey(change.item)} ${change.section ?? ''} ${change.option}`
    case 'setDefault':
      return `default ${change.option}`
    case 'enable':
    case 'disable':
      return `use jail/${change.jail}`
    case 'createJail':
      return `item jail/${change.jail}`
    case 'createFile':
    case 'delete':
      return `item ${itemKey(change.item)}`
    case 'writeFile':
      return `file ${change.path}`
    case 'restore':
      return 'restore'
  }
}

/** The edits with a further one. What it makes pointless goes: the last change of the same thing, and any change of what is deleted. */
export function withChange(edits: readonly Edit[], change: Change, before?: string | null): Edit[] {
  const key = keyOf(change)
  const last = edits.find((edit) => edit.key === key)
  const edit: Edit = { key, change, before: last?.before ?? before }
  const gone = change.change === 'delete' ? itemKey(change.item) : null
  const rest = edits.filter((one) => gone === null || one.key === key || itemOf(one.change) !== gone)
  return last ? rest.map((one) => (one.key === key ? edit : one)) : [...rest, edit]
}

function itemOf(change: Change): string | null {
  if ('item' in change) return itemKey(change.item)
  return 'jail' in change ? `jail/${change.jail}` : null
}

export function without(edits: readonly Edit[], key: string): Edit[] {
  return edits.filter((edit) => edit.key !== key)
}

/** The changes in the order in which they were made. */
export function changesOf(edits: readonly Edit[]): Change[] {
  return edits.map((edit) => edit.change)
}

/** Reads what a tab has kept; anything that is not a list of edits is nothing. */
export function readEdits(text: string | null): Edit[] {
  if (text === null) return []
  try {
    const found: unknown = JSON.parse(text)
    return Array.isArray(found) ? found.filter(isEdit) : []
  } catch {
    return []
  }
}

function isEdit(value: unknown): value is Edit {
  if (typeof value !== 'object' || value === null || !('key' in value) || !('change' in value)) return false
  const { key, change } = value
  if (typeof key !== 'string' || typeof change !== 'object' || change === null || !('change' in change)) return false
  return keyOf(change as Change) === key
}
