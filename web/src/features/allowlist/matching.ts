import type { AllowEntry } from './requests'

/** Entries with a text in what they let through, what that resolves to, their comment, or who made them. */
export function matching(entries: readonly AllowEntry[], search: string | undefined): AllowEntry[] {
  const wanted = search?.trim().toLowerCase()
  if (!wanted) return [...entries]
  return entries.filter(({ subject, note, owner, resolved }) =>
    [subject, note, owner, ...(resolved?.addresses ?? [])].some((text) => text.toLowerCase().includes(wanted)),
  )
}
