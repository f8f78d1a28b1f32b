import { Trans, useLingui } from '@lingui/react/macro'
import { type ChangeEvent, type DragEvent, type ReactNode, useRef, useState } from 'react'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { HostileText } from '@/components/Text'
import { cx } from '@/lib/cx'
import { type FileFault, MOST_FILE_BYTES, readListFile } from './list-file'

type FileDropProps = {
  /** What the file names, one a line. */
  onLines: (lines: string) => void
  disabled: boolean
  /** Where a file may be dropped. */
  children: ReactNode
}

/** Takes addresses from a text file that is chosen, or dropped on what is inside. Nothing leaves the browser by that. */
export function FileDrop({ onLines, disabled, children }: FileDropProps) {
  const { t } = useLingui()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [reading, setReading] = useState(false)
  const [told, setTold] = useState<{ name: string; fault: FileFault | null } | null>(null)
  async function take(files: readonly File[]) {
    const [file] = files
    if (!file || disabled || reading) return
    setTold(null)
    setReading(true)
    const read = files.length > 1 ? { fault: 'several' as const } : await readListFile(file)
    setReading(false)
    setTold({ name: file.name, fault: 'fault' in read ? read.fault : null })
    if ('text' in read) onLines(read.text)
  }
  function onChoose(event: ChangeEvent<HTMLInputElement>) {
    const files = [...(event.target.files ?? [])]
    // The same file can be chosen again after it was mended.
    event.target.value = ''
    void take(files)
  }
  const onDrag = (event: DragEvent, is: boolean) => {
    if (disabled || !event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setOver(is)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a file is dropped by pointer only; the button below is for everybody.
    <div
      className={cx('flex min-w-0 flex-col gap-1 rounded-md', over && 'bg-hover')}
      onDragEnter={(event) => onDrag(event, true)}
      onDragOver={(event) => onDrag(event, true)}
      onDragLeave={(event) => onDrag(event, false)}
      onDrop={(event) => {
        if (event.dataTransfer.files.length === 0) return
        event.preventDefault()
        setOver(false)
        void take([...event.dataTransfer.files])
      }}
    >
      {children}
      <div className="flex flex-wrap items-center gap-2">
        <input
          ref={input}
          type="file"
          accept=".txt,.list,.netset,.ipset,.csv,text/plain"
          className="sr-only"
          tabIndex={-1}
          aria-label={t`File with addresses`}
          disabled={disabled}
          onChange={onChoose}
        />
        <Button size="sm" busy={reading} disabled={disabled} onClick={() => input.current?.click()}>
          <Icon name="plus" />
          <Trans>From a file…</Trans>
        </Button>
        <span className="text-sm text-muted">{t`or drop one here; comments (#, ; and //) are skipped.`}</span>
      </div>
      {told ? (
        <p role={told.fault ? 'alert' : 'status'} className={cx('text-sm', told.fault ? 'text-danger' : 'text-muted')}>
          <HostileText text={told.name} className="wrap-anywhere" />: <Outcome fault={told.fault} />
        </p>
      ) : null}
    </div>
  )
}

function Outcome({ fault }: { fault: FileFault | null }) {
  const kilobytes = MOST_FILE_BYTES / 1_000
  switch (fault) {
    case null:
      return <Trans>its lines stand above, and nothing is banned yet.</Trans>
    case 'tooLarge':
      return <Trans>it is larger than {kilobytes} kB. For lists this long a blocklist is the better way.</Trans>
    case 'noText':
      return <Trans>it is no plain text.</Trans>
    case 'empty':
      return <Trans>it has no line that is more than a comment.</Trans>
    case 'unreadable':
      return <Trans>the browser cannot read it.</Trans>
    case 'several':
      return <Trans>one file at a time.</Trans>
  }
}
