import { type Edit, keyOf } from './tray/edits'
import type { Finding, Plan } from './types'

const keyOfFinding = ({ code, item, option, file, line, detail }: Finding) =>
  [code, item?.kind, item?.name, option, file, line, detail].join('\n')

/** Whether an edit in the tray is about the option or file of a finding, so that the plan speaks for it. */
function isEdited({ item, option, file }: Finding, edits: readonly Edit[]): boolean {
  return edits.some(({ key, change }) => {
    if (change.change === 'writeFile') return change.path === file
    if (!item || !option) return false
    return key === keyOf({ change: 'reset', item, section: 'section' in change ? change.section : null, option })
  })
}

/** What is known: what the plan of the edits found, and what was found in the files about things that are not edited. */
export function knownFindings(now: readonly Finding[], plan: Plan | undefined, edits: readonly Edit[]): Finding[] {
  if (!plan) return [...now]
  const found = new Map(now.filter((one) => !isEdited(one, edits)).map((one) => [keyOfFinding(one), one]))
  for (const one of plan.findings) found.set(keyOfFinding(one), one)
  return [...found.values()]
}
