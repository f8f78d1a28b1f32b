import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ApiProblem } from '@/api/client'
import { Button } from '@/components/Button'
import { Field } from '@/components/Field'
import { SkeletonRows } from '@/components/Skeleton'
import { toast } from '@/components/toasts'
import { ConfigProblem } from '@/features/config/ConfigProblem'
import { fileQuery } from '@/features/config/queries'
import { useTray } from '@/features/config/tray/use-tray'
import type { ConfigFile } from '@/features/config/types'
import { visible } from '@/lib/hostile'
import { useMay } from '@/shell/session'
import { CodeArea } from './CodeArea'
import { setText, useDrafts } from './drafts'

/** The unsaved text of a filter's .local: it begins with what waits in the tray, else with the file as it is. */
export function FilterText({ filter }: { filter: string }) {
  const path = `filter.d/${filter}.local`
  const file = useQuery({ ...fileQuery(path), refetchInterval: false })
  const waiting = useWaitingText(path)
  const draft = useDrafts().texts[filter]
  const start = waiting ?? file.data?.text
  useEffect(() => {
    if (draft === undefined && start !== undefined) setText(filter, start)
  }, [draft, start, filter])
  if (file.error && !file.data)
    return <ConfigProblem problem={ApiProblem.from(file.error)} onRetry={() => void file.refetch()} />
  if (draft === undefined || !file.data) return <SkeletonRows rows={4} />
  return (
    <>
      <Field
        label={<code className="font-mono">{path}</code>}
        hint={
          <Trans>
            It is read after the shipped file and overrides only what it sets. Nothing is written from here.
          </Trans>
        }
      >
        {(field) => (
          <CodeArea
            {...field}
            className="min-h-56"
            placeholder={'[Definition]\nfailregex = ^Failed password for <F-USER>\\S+</F-USER> from <HOST>'}
            value={draft}
            onChange={(text) => setText(filter, text)}
          />
        )}
      </Field>
      <TextDeeds filter={filter} draft={draft} file={file.data} waiting={waiting} />
    </>
  )
}

/** The text of a file that waits in the change tray. */
function useWaitingText(path: string): string | null {
  const { find } = useTray()
  const change = find({ change: 'writeFile', path, text: '', base: null })?.change
  return change?.change === 'writeFile' ? change.text : null
}

type TextDeedsProps = { filter: string; draft: string; file: ConfigFile; waiting: string | null }

/** What can be done with the text: into the tray, or back. */
function TextDeeds({ filter, draft, file, waiting }: TextDeedsProps) {
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
      <Button size="sm" disabled={draft === file.text} onClick={() => setText(filter, file.text)}>
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
