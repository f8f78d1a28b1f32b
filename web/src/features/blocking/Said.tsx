import { HostileText } from '@/components/Text'

/** A sentence of the server, which it says in English only. */
export function Said({ text, className }: { text: string; className?: string }) {
  return (
    <span lang="en" className={className}>
      <HostileText text={text} />
    </span>
  )
}
