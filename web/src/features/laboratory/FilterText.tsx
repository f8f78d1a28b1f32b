import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { Button } from '@/components/Button'
import { SkeletonRows } from '@/components/Skeleton'
import { HostileText } from '@/components/Text'
import { toast } from '@/components/toasts'
import { ConfigProblem } from '@/features/config/ConfigProblem'
import type { LineMark } from '@/features/config/editor/finding-marks'
import { fileQuery } from '@/features/config/queries'
import { useTray } from '@/features/config/tray/use-tray'
import type { ConfigFile } from '@/features/config/types'
import { visible } from '@/lib/hostile'
import { useMay } from '@/shell/session'
import { setText, useDrafts } from './drafts'

const Editor = lazy(() => import('@/features/config/editor/Editor'))

/** What was found speaks of the file, not of the unsaved text. */
const NO_MARKS: readonly LineMark[] = []
const EXAMPLE = '[Definition]\nfailregex = ^Failed password for <F-USER>\\S+</F-USER> from <HOST>'

/** The unsaved text of a filter's .local: it begins with what waits in the tray, else with the file as it is. */
export function FilterText({ filter }: { filter: string }) {
  const path = `filter.d/${filter}.local`
  const file = useQuery({ ...fileQuery(path), refetchInterval: false })
  const waiting = useWaitingText(path)
  const draft = useDrafts().texts[filter]
  const start = waiting ?? file.data?.text
  const [round, setRound] = useState(0)
  useEffect(() => {
    if (draft === undefined && start !== undefined) setText(filter, start)
  }, [draft, start, filter])
  if (file.error && !file.data)
    return <ConfigProblem problem={ApiProblem.from(file.error)} onRetry={() => void file.refetch()} />
  if (draft === undefined || !file.data) return <SkeletonRows rows={4} />
  function back(text: string) {
    setText(filter, text)
    setRound(round + 1)
  }
  return (
    <>
      <div className="flex min-w-0 flex-col gap-1">
        <HostileText text={path} className="font-mono text-sm font-medium break-all" />
        <div className="overflow-hidden rounded-md border">
          <Suspense fallback={<SkeletonRows rows={8} />}>
            <Editor
              key={round}
              label={visible(path)}
              text={draft}
              readOnly={false}
              marks={NO_MARKS}
              placeholder={EXAMPLE}
              onChange={(text) => setText(filter, text)}
            />
          </Suspense>
        </div>
        <p className="text-sm text-muted">
          <Trans>
            It is read after the shipped file and overrides only what it sets. Nothing is written from here.
          </Trans>
        </p>
      </div>
      <TextDeeds filter={filter} draft={draft} file={file.data} waiting={waiting} onBack={back} />
    </>
  )
}

/** The text of a file that waits in the change tray. */
function useWaitingText(path: string): string | null {
  const { find } = useTray()
  const change = find({ change: 'writeFile', path, text: '', base: null })?.change
  return change?.change === 'writeFile' ? change.text : null
}

type TextDeedsProps = {
  filter: string
  draft: string
  file: ConfigFile
  waiting: string | null
  onBack: (text: string) => void
}

/** What can be done with the text: into the tray, or back. */
function TextDeeds({ filter, draft, file, waiting, onBack }: TextDeedsProps) {
  const { t } = useLingui()
  const { add } = useTray()
  const admin = useMay('admin')
  const name = visible(filter)
  function use() {
    add({ change: 'writeFile', path: file.path, text: draft, base: file.sha256 }, file.text)
    toast({ text: t`The text of ${name} is in the change tray.` })
  }
  return (
    <div className="flex flex-wrap items-center gap-2">
      {admin ? (
        <Button
          tone="primary"
          size="sm"
          disabled={!file.editable || draft === file.text || draft === waiting}
          onClick={use}
        >
          <Trans>Use this text</Trans>
        </Button>
      ) : null}
      <Button size="sm" disabled={draft === file.text} onClick={() => onBack(file.text)}>
        <Trans>Back to the file’s text</Trans>
      </Button>
      {waiting !== null ? (
        <Link to="/config/review" className="text-sm text-accent underline">
          {draft === waiting ? (
            <Trans>This text waits in the change tray</Trans>
          ) : (
            <Trans>Another text waits in the change tray</Trans>
          )}
        </Link>
      ) : null}
    </div>
  )
}
