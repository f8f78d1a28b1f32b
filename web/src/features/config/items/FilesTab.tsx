import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { ApiProblem } from '@/api/problem'
import { Badge } from '@/components/Badge'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { HostileText, Time } from '@/components/Text'
import { cx } from '@/lib/cx'
import { visible } from '@/lib/hostile'
import { useMay } from '@/shell/session'
import { ConfigProblem } from '../ConfigProblem'
import { useConfigChanging } from '../changing'
import type { LineMark } from '../editor/finding-marks'
import { FindingText, SeverityBadge } from '../Findings'
import { knownFindings } from '../known-findings'
import { fileQuery } from '../queries'
import { sayFinding, useWords } from '../translated/words'
import { useTray } from '../tray/use-tray'
import type { Change, ConfigFile, Finding } from '../types'
import { isLocal, startFile } from './files'
import { useTrayPlan } from './use-tray-plan'

const Editor = lazy(() => import('../editor/Editor'))
const PAUSE_MS = 400

type FilesTabProps = { files: readonly string[]; chosen: string | undefined; onChoose: (file: string) => void }

/** The files that take part, in the order in which they are read, and the text of one of them. */
export function FilesTab({ files, chosen, onChoose }: FilesTabProps) {
  const { t } = useLingui()
  const operator = useMay('operator')
  const path = chosen && files.includes(chosen) ? chosen : startFile(files)
  if (!operator) {
    return (
      <Panel>
        <p className="px-3 py-2 text-muted">
          <Trans>Files may hold passwords: your role may not see their text. An operator may.</Trans>
        </p>
      </Panel>
    )
  }
  return (
    <div className="grid gap-3 md:grid-cols-[15rem_minmax(0,1fr)]">
      <nav aria-label={t`Files, in the order in which they are read`}>
        <p className="pb-1 text-xs text-muted">
          <Trans>Read in this order; the last word counts.</Trans>
        </p>
        <ol className="flex flex-col gap-0.5">
          {files.map((file) => (
            <li key={file}>
              <button
                type="button"
                aria-current={file === path ? 'true' : undefined}
                className={cx(
                  'flex min-h-8 w-full items-center gap-2 rounded-md px-2 py-1 text-left hover:bg-hover',
                  file === path ? 'bg-accent-soft font-medium text-accent' : 'text-fg',
                )}
                onClick={() => onChoose(file)}
              >
                <HostileText text={file} className="min-w-0 flex-1 font-mono text-sm break-all" />
                {isLocal(file) ? <Badge tone="accent">.local</Badge> : null}
              </button>
            </li>
          ))}
        </ol>
      </nav>
      {path ? <FilePanel key={path} path={path} /> : null}
    </div>
  )
}

function FilePanel({ path }: { path: string }) {
  const { data, error, refetch } = useQuery(fileQuery(path))
  if (error && !data) return <ConfigProblem problem={ApiProblem.from(error)} onRetry={() => void refetch()} />
  if (!data) {
    return (
      <Panel>
        <SkeletonRows rows={16} />
      </Panel>
    )
  }
  return <TextPanel file={data} />
}

function TextPanel({ file }: { file: ConfigFile }) {
  const { t } = useLingui()
  const { allowed, reason } = useConfigChanging()
  const { edits, add, remove, find } = useTray()
  const plan = useTrayPlan()
  const [round, setRound] = useState(0)
  const [goTo, setGoTo] = useState<{ line: number }>()
  const edit = find(writeOf(file, ''))
  const edited = edit?.change.change === 'writeFile' ? edit.change : null
  const editable = file.editable && allowed
  const keep = useCallback(
    (text: string) => {
      if (text === file.text) remove(writeOf(file, ''))
      else add(writeOf(file, text))
    },
    [add, remove, file],
  )
  const onChange = usePaused(keep)
  const findings = knownFindings(file.findings, plan, edits).filter((one) => one.file === file.path)
  const marks = useMarks(findings)
  function undo() {
    remove(writeOf(file, ''))
    setRound(round + 1)
  }
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <RoleNote file={file} reason={file.editable ? reason : undefined} />
      {edited && (edited.base ?? null) !== (file.sha256 ?? null) ? (
        <Banner tone="warning" title={<Trans>This file was changed since you began to edit it.</Trans>}>
          <Trans>Copy what you need of your text, then undo your edits and make them again on the new text.</Trans>
        </Banner>
      ) : null}
      <Panel
        title={
          <span className="font-mono text-sm font-medium break-all">
            <HostileText text={file.path} />
          </span>
        }
        actions={
          <>
            {edited ? <Badge tone="accent">{t`edited`}</Badge> : null}
            {edited ? (
              <Button size="sm" onClick={undo}>
                <Trans>Undo my edits</Trans>
              </Button>
            ) : null}
            {file.modifiedAt ? (
              <span className="text-xs text-muted">
                <Trans>
                  changed <Time at={file.modifiedAt} />
                </Trans>
              </span>
            ) : null}
          </>
        }
      >
        <Suspense fallback={<SkeletonRows rows={16} />}>
          <Editor
            key={round}
            label={t`Text of ${visible(file.path)}`}
            text={edited?.text ?? file.text}
            readOnly={!editable}
            marks={marks}
            goTo={goTo}
            onChange={onChange}
          />
        </Suspense>
      </Panel>
      {findings.length > 0 ? <LineFindings findings={findings} onGo={(line) => setGoTo({ line })} /> : null}
    </div>
  )
}

function writeOf(file: ConfigFile, text: string): Change {
  return { change: 'writeFile', path: file.path, text, base: file.sha256 }
}

/** Calls with the last value once nobody types for a moment, and at the latest when the part of the page goes. */
function usePaused(call: (text: string) => void): (text: string) => void {
  const latest = useRef(call)
  latest.current = call
  const waiting = useRef<{ timer: ReturnType<typeof setTimeout>; text: string }>(undefined)
  const flush = useCallback(() => {
    if (!waiting.current) return
    clearTimeout(waiting.current.timer)
    const { text } = waiting.current
    waiting.current = undefined
    latest.current(text)
  }, [])
  useEffect(() => flush, [flush])
  return useCallback(
    (text: string) => {
      if (waiting.current) clearTimeout(waiting.current.timer)
      waiting.current = { timer: setTimeout(flush, PAUSE_MS), text }
    },
    [flush],
  )
}

/** What stands in the margin of the lines that something was found in. */
function useMarks(findings: readonly Finding[]): LineMark[] {
  const { words } = useWords()
  return findings.flatMap((finding) => {
    const { severity, line } = finding
    return line ? [{ severity, line, text: sayFinding(words, finding).text }] : []
  })
}

/** What the file is, and whether it can be edited. */
function RoleNote({ file, reason }: { file: ConfigFile; reason: string | undefined }) {
  return (
    <p className="text-sm text-muted">
      {file.role === 'shipped' ? (
        <Trans>
          Shipped with fail2ban or by a package: never written here. What is to differ goes into a .local file.
        </Trans>
      ) : !file.sha256 ? (
        <Trans>This file does not exist yet. What you write here makes it.</Trans>
      ) : file.role === 'banGui' ? (
        <Trans>BanGUI’s own file: the forms write it.</Trans>
      ) : (
        <Trans>A file of this machine. What you write here is reviewed before it is saved.</Trans>
      )}{' '}
      {reason}
      {!file.editable && file.role !== 'shipped' ? (
        <Trans>It cannot be edited here: its bytes are no UTF-8, or the folder is read-only.</Trans>
      ) : null}
    </p>
  )
}

function LineFindings({ findings, onGo }: { findings: readonly Finding[]; onGo: (line: number) => void }) {
  return (
    <Panel title={<Trans>What was found in it</Trans>}>
      <ul className="divide-y">
        {findings.map((finding) => (
          <li
            key={`${finding.code} ${finding.line ?? ''} ${finding.option ?? ''} ${finding.detail}`}
            className="flex flex-wrap items-baseline gap-x-2 px-3 py-1.5"
          >
            <SeverityBadge severity={finding.severity} />
            {!finding.line ? null : (
              <button
                type="button"
                className="font-mono text-sm text-accent hover:underline"
                onClick={() => onGo(finding.line ?? 1)}
              >
                <Trans>line {finding.line}</Trans>
              </button>
            )}
            <div className="min-w-0 flex-1 basis-60 break-words">
              <FindingText finding={finding} />
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
