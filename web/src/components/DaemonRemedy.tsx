import type { Schemas } from '@/api/client'
import { useServerWords } from '@/i18n/server-words'
import { CopyButton, HostileText } from './Text'

type DaemonRemedyProps = { daemon: Schemas['DaemonBody']; copy?: boolean }

/** What to do about a daemon that does not answer, in the language of the page where that can be. */
export function DaemonRemedy({ daemon, copy = false }: DaemonRemedyProps) {
  const { words, loading } = useServerWords()
  const known = daemon.reason ? words?.remedies[daemon.reason] : undefined
  const text = known ?? daemon.remedy ?? ''
  if (loading) return null
  return (
    <>
      <span lang={known ? undefined : 'en'}>
        <HostileText text={text} />
      </span>
      {copy ? <CopyButton text={text} /> : null}
    </>
  )
}
