import { HostileText } from '@/components/Text'

/** Text of strangers with what was searched for marked, whatever its case. */
export function Found({ text, find }: { text: string; find?: string }) {
  if (!find) return <HostileText text={text} />
  return split(text, find).map((part, index) =>
    index % 2 === 0 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one unchanging line.
      <HostileText key={index} text={part} />
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one unchanging line.
      <mark key={index} className="rounded-sm bg-warning-soft text-fg">
        <HostileText text={part} />
      </mark>
    ),
  )
}

/** The text cut at each place of `find`: what lies between, what was found, and so on. */
function split(text: string, find: string): string[] {
  const parts: string[] = []
  const wanted = new RegExp(find.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'giu')
  let from = 0
  for (const match of text.matchAll(wanted)) {
    parts.push(text.slice(from, match.index), match[0])
    from = match.index + match[0].length
  }
  return [...parts, text.slice(from)]
}
