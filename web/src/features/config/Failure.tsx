import { Lines } from '@/components/ProblemNote'
import { type FailureWords, useWords } from './translated/words'

type FailureProps = {
  /** Why, as fail2ban, the system or the API says it. */
  why: string
  /** What failed, in the words of the page's language. */
  what: (words: FailureWords) => string
}

/** What failed: as it is told, and in another language than English first what that means. What fail2ban itself says is what counts. */
export function Failure({ why, what }: FailureProps) {
  const { words, loading } = useWords()
  if (loading) return null
  return (
    <>
      {words ? <p>{what(words.failures)}</p> : null}
      <p lang="en" className="break-words">
        <Lines text={why} />
      </p>
    </>
  )
}
