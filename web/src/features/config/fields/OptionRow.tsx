import { Trans, useLingui } from '@lingui/react/macro'
import { memo } from 'react'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { Lines } from '@/components/ProblemNote'
import { HostileText } from '@/components/Text'
import { cx } from '@/lib/cx'
import { visible } from '@/lib/hostile'
import { FieldFindings } from '../Findings'
import type { Edit } from '../tray/edits'
import type { Finding } from '../types'
import { isReset, type Row, shownValue } from './rows'
import { Source } from './Source'
import { ValueField } from './ValueField'
import { faultOf } from './values'

type OptionRowProps = {
  row: Row
  id: string
  edit: Edit | undefined
  findings: readonly Finding[]
  disabled: boolean
  onChange: (row: Row, value: string) => void
  onReset: (row: Row) => void
  onUndo: (row: Row) => void
}

/** One option: its field, where its value comes from, what it does, and what speaks against it. */
export const OptionRow = memo(function OptionRow(props: OptionRowProps) {
  const { row, id, edit, findings, disabled, onChange } = props
  const { i18n } = useLingui()
  const { option, spec, kind } = row
  const value = shownValue(row, edit)
  const fault = edit && !isReset(edit) ? faultOf(kind, value) : null
  return (
    <div
      className={cx(
        'grid gap-x-4 gap-y-1 border-b border-l-2 px-3 py-2 last:border-b-0 sm:grid-cols-[12rem_minmax(0,1fr)] lg:grid-cols-[12rem_minmax(0,1fr)_21rem]',
        edit ? 'border-l-accent' : 'border-l-transparent',
      )}
    >
      <div className="flex flex-wrap items-start gap-x-2 gap-y-1 sm:flex-col sm:pt-1">
        <label htmlFor={id} className="font-mono text-sm font-medium break-all">
          <HostileText text={option.name} />
        </label>
        <Marks row={row} edited={edit !== undefined} />
      </div>
      <div className="flex min-w-0 flex-col gap-1">
        <ValueField
          field={{
            id,
            'aria-describedby': `${id}-found ${id}-help`,
            'aria-invalid': fault || findings.some((one) => one.severity === 'error') ? true : undefined,
          }}
          kind={kind}
          value={value}
          unit={spec?.unit}
          inherited={edit ? isReset(edit) : !option.own}
          disabled={disabled || option.hidden}
          placeholder={spec?.default ?? undefined}
          onChange={(next) => onChange(row, next)}
        />
        <div id={`${id}-found`} className="flex flex-col gap-1 empty:hidden">
          {fault ? <p className="text-sm text-danger">{i18n._(fault)}</p> : null}
          <FieldFindings findings={findings} />
          {option.hidden ? (
            <p className="text-sm text-muted">
              <Trans>Its name says that it is secret: your role may not see its value.</Trans>
            </p>
          ) : null}
          <HiddenCharacters value={value} />
          <Running row={row} />
        </div>
        <Ways {...props} />
      </div>
      <div className="flex min-w-0 flex-col gap-0.5 sm:col-start-2 lg:col-start-3 lg:pt-1">
        {spec ? (
          <p id={`${id}-help`} lang={spec.helpLang} className="max-w-prose text-sm text-muted">
            {spec.help}
          </p>
        ) : null}
        <Origin row={row} edited={edit !== undefined} />
      </div>
    </div>
  )
})

function Marks({ row: { option, spec }, edited }: { row: Row; edited: boolean }) {
  const { t } = useLingui()
  return (
    <span className="flex flex-wrap gap-1">
      {edited ? <Badge tone="accent">{t`edited`}</Badge> : null}
      {!edited && option.byBangui ? <Badge>{t`set here`}</Badge> : null}
      {spec?.privileged ? (
        <span title={t`A value can make the daemon run commands as root.`}>
          <Badge tone="warning">{t`root`}</Badge>
        </span>
      ) : null}
      {spec?.since ? <Badge>{t`since ${spec.since}`}</Badge> : null}
    </span>
  )
}

/** What the daemon runs with, where that is something else. */
function Running({ row: { option } }: { row: Row }) {
  if (!option.differs || typeof option.running !== 'string') return null
  return (
    <p className="text-sm text-warning">
      <Trans>
        The jail runs with <HostileText text={visible(option.running)} className="font-mono" />; this value comes with
        the next reload.
      </Trans>
    </p>
  )
}

/** A field cannot mark the characters that one does not see; this line can. */
function HiddenCharacters({ value }: { value: string }) {
  const lines = value.replace(/[\n\t]/g, ' ')
  if (visible(lines) === lines) return null
  return (
    <p className="text-sm break-all text-warning">
      <Trans>
        It holds characters that one does not see: <HostileText text={lines} className="font-mono" />
      </Trans>
    </p>
  )
}

/** Where the value comes from, how it is written there, and what would hold without it. */
function Origin({ row: { option, spec }, edited }: { row: Row; edited: boolean }) {
  const { raw, value } = option
  const written = !edited && raw && raw !== value && /%\(|</.test(raw) ? raw : null
  return (
    <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 text-xs text-muted">
      <span className="inline-flex flex-wrap items-baseline gap-x-1.5">
        {option.own || !option.setAt ? null : <Trans>inherited from</Trans>}
        <Source option={option} />
      </span>
      {written ? (
        <span className="min-w-0">
          <Trans>written as</Trans>{' '}
          <code className="font-mono break-all">
            {written.includes('\n') ? <Lines text={written} /> : <HostileText text={written} />}
          </code>
        </span>
      ) : null}
      {spec?.default && option.setAt ? (
        <span className="min-w-0">
          <Trans>
            default: <code className="font-mono break-all">{spec.default}</code>
          </Trans>
        </span>
      ) : null}
    </div>
  )
}

/** The ways back. */
function Ways({ row, edit, disabled, onReset, onUndo }: OptionRowProps) {
  const { t } = useLingui()
  const { option } = row
  const name = visible(option.name)
  const resettable = option.byBangui && !isReset(edit)
  if (!edit && !resettable) return null
  return (
    <div className="-ml-2 flex flex-wrap items-center gap-x-1">
      {isReset(edit) ? (
        <span className="pl-2 text-sm text-muted">
          <Trans>will be inherited again</Trans>
        </span>
      ) : null}
      {edit ? (
        <Button
          tone="ghost"
          size="sm"
          className="text-accent"
          aria-label={t`Undo edit: ${name}`}
          onClick={() => onUndo(row)}
        >
          <Trans>Undo edit</Trans>
        </Button>
      ) : null}
      {resettable ? (
        <Button
          tone="ghost"
          size="sm"
          disabled={disabled}
          aria-label={t`Reset to inherited: ${name}`}
          onClick={() => onReset(row)}
        >
          <Trans>Reset to inherited</Trans>
        </Button>
      ) : null}
    </div>
  )
}
