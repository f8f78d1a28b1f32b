import { Fragment, memo, useMemo } from 'react'
import { regexParts } from '@/lib/regex-parts'
import { HostileText } from './Text'

/** A regex of fail2ban, with what it has put in for `<HOST>` and its like folded back to the tag; the whole stands on hover. */
export const RegexText = memo(function RegexText({ regex }: { regex: string }) {
  const parts = useMemo(() => regexParts(regex), [regex])
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one unchanging text.
    <Fragment key={index}>
      {part.tag ? (
        <span title={part.text} className="mx-px rounded-sm bg-accent-soft px-1 text-accent">
          {part.tag}
        </span>
      ) : (
        <HostileText text={part.text} />
      )}
    </Fragment>
  ))
})
