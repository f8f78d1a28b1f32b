import { useLingui } from '@lingui/react'
import type { Schemas } from '@/api/client'
import { daemonRemedy } from './daemon-reasons'
import { CopyButton, HostileText } from './Text'

type DaemonRemedyProps = { daemon: Schemas['DaemonBody']; copy?: boolean }

/** What to do about a daemon that does not answer, in the language of the page where that can be. */
export function DaemonRemedy({ daemon, copy = false }: DaemonRemedyProps) {
  const { i18n } = useLingui()
  const known = daemonRemedy(daemon.reason)
  const text = known ? i18n._(known) : (daemon.remedy ?? '')
  return (
    <>
      <span lang={known ? undefined : 'en'}>
        <HostileText text={text} />
      </span>
      {copy ? <CopyButton text={text} /> : null}
    </>
  )
}
