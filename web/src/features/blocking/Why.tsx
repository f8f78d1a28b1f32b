import type { Schemas } from '@/api/client'
import { HostileText } from '@/components/Text'
import { useLanguageWords } from '@/i18n/language-words'
import { Said } from './Said'
import { WHY_LANGUAGES } from './why-words'

type WhyProps = { why: Schemas['Why']; className?: string }

/** Why something is not as it should be: in the language of the page, or as the server says it where the page has no words for it. */
export function Why({ why, className }: WhyProps) {
  const { words, loading } = useLanguageWords('why', WHY_LANGUAGES)
  if (loading) return null
  const say = why.code ? words?.[why.code] : undefined
  if (!say) return <Said text={why.text} className={className} />
  const { detail, rule } = why.facts
  return (
    <span className={className}>
      <HostileText text={say(why.facts)} />
      {detail ? (
        <>
          {': '}
          <span lang="en">
            <HostileText text={detail} />
          </span>
        </>
      ) : null}
      {rule ? (
        <>
          {' ('}
          <code className="font-mono text-xs break-all">
            <HostileText text={rule} />
          </code>
          )
        </>
      ) : null}
    </span>
  )
}
