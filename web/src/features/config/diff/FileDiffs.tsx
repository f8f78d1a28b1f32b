import { Trans, useLingui } from '@lingui/react/macro'
import { useMemo } from 'react'
import { Badge } from '@/components/Badge'
import { HostileText } from '@/components/Text'
import { cx } from '@/lib/cx'
import { visible } from '@/lib/hostile'
import type { FileDiff } from '../types'
import { type DiffLine, diffLines, diffSize } from './unified'

/** More lines than this stay folded until somebody wants to see them. */
const OPEN_LINES = 200

/** What becomes of each file, as a unified diff. */
export function FileDiffs({ files }: { files: readonly FileDiff[] }) {
  return files.map((file) => <OneFile key={file.path} file={file} />)
}

function OneFile({ file }: { file: FileDiff }) {
  const { t } = useLingui()
  const lines = useMemo(() => diffLines(file.diff), [file.diff])
  const { added, removed } = diffSize(lines)
  return (
    <details open={lines.length <= OPEN_LINES} className="border-b last:border-0">
      <summary className="flex flex-wrap items-center gap-x-2 px-3 py-1.5 hover:bg-hover">
        <span className="font-mono text-sm font-medium break-all">
          <HostileText text={file.path} />
        </span>
        {typeof file.before !== 'string' ? <Badge tone="accent">{t`new`}</Badge> : null}
        {typeof file.after !== 'string' ? <Badge tone="danger">{t`deleted`}</Badge> : null}
        <span className="ml-auto font-mono text-xs text-muted" title={t`${added} lines more, ${removed} lines less`}>
          +{added} −{removed}
        </span>
      </summary>
      {lines.length === 0 ? (
        <p className="px-3 pb-2 text-sm text-muted">
          <Trans>Only permissions or the ends of lines differ.</Trans>
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <section tabIndex={0} aria-label={t`Changes of ${visible(file.path)}`} className="overflow-x-auto border-t">
          <div className="w-max min-w-full font-mono text-xs leading-5">
            {lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of one unchanging diff.
              <Line key={index} line={line} />
            ))}
          </div>
        </section>
      )}
    </details>
  )
}

const GROUNDS = { same: '', added: 'bg-good-soft', removed: 'bg-danger-soft' } as const
const SIGNS = { same: ' ', added: '+', removed: '−' } as const

function Line({ line }: { line: DiffLine }) {
  if (!('before' in line)) {
    return (
      <div className="bg-raised px-3 text-muted">
        <HostileText text={line.text} />
      </div>
    )
  }
  return (
    <div className={cx('flex', GROUNDS[line.kind])}>
      <span aria-hidden="true" className="w-10 shrink-0 px-1 text-right text-muted select-none">
        {line.before ?? ''}
      </span>
      <span aria-hidden="true" className="w-10 shrink-0 px-1 text-right text-muted select-none">
        {line.after ?? ''}
      </span>
      <span className="w-5 shrink-0 text-center select-none">{SIGNS[line.kind]}</span>
      <span className="pr-3 whitespace-pre">
        <HostileText text={line.text} />
      </span>
    </div>
  )
}
