/** A part of a line; `marked` ones are the subject itself. */
export type Part = { text: string; marked: boolean }

/** The subject goes on to the left: a letter or digit, perhaps with a dot between. */
const LEFT = /[\p{L}\p{N}_]\.?$/u
const RIGHT = /^\.?[\p{L}\p{N}_]/u

/** Groups of an IPv6 address on its left and its right. Behind an IPv4 address a colon begins a port, and before it a colon ends a word. */
const LEFT_GROUP = /(?:^|[^\p{L}\p{N}_])[0-9a-f]{1,4}:?$|::$/iu
const RIGHT_GROUP = /^:(?::|[0-9a-f]{1,4}(?![\p{L}\p{N}_]))/iu

/** More than these expressions look at. */
const NEAR = 8

/** Parts a line at each place where it names the subject, and not where the subject only stands within a longer address, number or word. */
export function marks(line: string, subject: string): Part[] {
  if (subject === '') return [{ text: line, marked: false }]
  const parts: Part[] = []
  let told = 0
  let from = 0
  for (;;) {
    const at = line.indexOf(subject, from)
    if (at < 0) break
    const end = at + subject.length
    from = at + 1
    if (isPart(subject, line.slice(Math.max(0, at - NEAR), at), line.slice(end, end + NEAR))) continue
    if (at > told) parts.push({ text: line.slice(told, at), marked: false })
    parts.push({ text: subject, marked: true })
    told = end
    from = end
  }
  if (told < line.length || parts.length === 0) parts.push({ text: line.slice(told), marked: false })
  return parts
}

/** Whether what stands on either side of the subject belongs to it. */
function isPart(subject: string, before: string, behind: string): boolean {
  if (/^[\p{L}\p{N}_]/u.test(subject) && LEFT.test(before)) return true
  if (/[\p{L}\p{N}_]$/u.test(subject) && RIGHT.test(behind)) return true
  return subject.includes(':') && (LEFT_GROUP.test(before) || RIGHT_GROUP.test(behind))
}
