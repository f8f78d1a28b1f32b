import type { ReactNode } from 'react'
import { CopyButton, HostileText } from '@/components/Text'

/** Texts from outside in the fixed-width face, each to copy. */
export function TextList({ items, action }: { items: readonly string[]; action?: (item: string) => ReactNode }) {
  return (
    <ul>
      {items.map((item) => (
        <li key={item} className="flex min-h-row items-center gap-2 border-b px-3 py-1 last:border-0 hover:bg-hover">
          <code className="min-w-0 font-mono text-sm break-all whitespace-pre-wrap">
            <HostileText text={item} />
          </code>
          <CopyButton text={item} />
          {action ? <span className="ml-auto">{action(item)}</span> : null}
        </li>
      ))}
    </ul>
  )
}
