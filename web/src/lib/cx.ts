/** Joins class names and leaves out what is off. Conflicting utilities are the caller's fault: nothing is merged. */
export function cx(...parts: (string | false | null | undefined)[]): string {
  return parts.filter(Boolean).join(' ')
}
