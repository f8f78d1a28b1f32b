import { Plural, Trans } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { HostileText } from '@/components/Text'

/** Lines of a list that were not understood. They come from outside and may hold anything. */
export function Junk({ count, examples }: { count: number; examples: readonly Schemas['BlocklistJunk'][] }) {
  const more = count - examples.length
  if (examples.length === 0) return null
  return (
    <ul className="flex flex-col">
      {examples.map((example) => (
        <li key={example.line} className="flex items-baseline gap-2">
          <span className="shrink-0 text-xs text-muted">
            <Trans>line {example.line}</Trans>
          </span>
          <code className="min-w-0 font-mono text-sm break-all">
            <HostileText text={example.text} />
          </code>
        </li>
      ))}
      {more > 0 ? (
        <li className="text-xs text-muted">
          <Plural value={more} one="and # more" other="and # more" />
        </li>
      ) : null}
    </ul>
  )
}
