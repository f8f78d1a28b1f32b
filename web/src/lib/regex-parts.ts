// fail2ban answers regexes with its tags written out: one `<HOST>` is 190 characters. Folding them back makes a regex readable.

export type RegexPart = {
  text: string /** The tag that stands for the text. */
  tag?: '<HOST>' | '<ADDR>' | '<SUBNET>'
}

type Group = { start: number; end: number }

/** Every group of a regex, from its `(` to behind its `)`; inner ones before outer ones. */
function groupsOf(regex: string): Group[] {
  const open: number[] = []
  const groups: Group[] = []
  let inClass = false
  for (let at = 0; at < regex.length; at += 1) {
    const character = regex[at]
    if (character === '\\') at += 1
    else if (inClass) inClass = character !== ']'
    else if (character === '[') {
      inClass = true
      // A `]` that comes first is one of the class.
      if (regex[at + 1] === '^') at += 1
      if (regex[at + 1] === ']') at += 1
    } else if (character === '(') open.push(at)
    else if (character === ')') {
      const start = open.pop()
      if (start !== undefined) groups.push({ start, end: at + 1 })
    }
  }
  return groups
}

const BEFORE = '\\[?'
const AFTER = '\\]?'
const SUBNET = /^\(\?:\/\(\?P<cidr>\\d\+\)\)\?/

/** Splits a regex at what fail2ban has put in for `<HOST>`, `<ADDR>` and `<SUBNET>`, whatever its version writes there. */
export function regexParts(regex: string): RegexPart[] {
  const groups = groupsOf(regex)
  const found: (Group & { tag: NonNullable<RegexPart['tag']> })[] = []
  for (const match of regex.matchAll(/\(\?P<ip4>/g)) {
    const around = groups.filter((group) => group.start < match.index && group.end > match.index)
    const both = around.find((group) => regex.slice(group.start, group.end).includes('(?P<ip6>'))
    if (!both || !regex.startsWith('(?:', both.start)) continue
    let { start, end } = both
    let tag: '<ADDR>' | '<SUBNET>' | '<HOST>' = '<ADDR>'
    const cidr = SUBNET.exec(regex.slice(end))
    if (cidr) {
      tag = '<SUBNET>'
      end += cidr[0].length
    }
    if (regex.startsWith(BEFORE, start - BEFORE.length) && regex.startsWith(AFTER, end)) {
      start -= BEFORE.length
      end += AFTER.length
    }
    const outer = around[around.indexOf(both) + 1]
    const name = outer && regex.slice(end, outer.end)
    if (
      outer &&
      outer.start === start - 3 &&
      regex.startsWith('(?:', outer.start) &&
      /^\|\(\?P<dns>/.test(name ?? '')
    ) {
      tag = '<HOST>'
      start = outer.start
      end = outer.end
    }
    if (start >= (found.at(-1)?.end ?? 0)) found.push({ start, end, tag })
  }
  const parts: RegexPart[] = []
  let from = 0
  for (const { start, end, tag } of found) {
    if (start > from) parts.push({ text: regex.slice(from, start) })
    parts.push({ text: regex.slice(start, end), tag })
    from = end
  }
  if (from < regex.length || parts.length === 0) parts.push({ text: regex.slice(from) })
  return parts
}
