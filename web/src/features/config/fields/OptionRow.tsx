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
        'grid gap-x-4 gap-y-1 border-b border-l-2 px-3 py-2 last:border-b-0 sm:grid-cols-[12rem_minmax(0,1fr)]',
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
            'aria-describedby': `${id}-about`,
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
        <div id={`${id}-about`} className="flex flex-col gap-1">
          {fault ? <p className="text-sm text-danger">{i18n._(fault)}</p> : null}
          <FieldFindings findings={findings} />
          {option.hidden ? (
            <p className="text-sm text-muted">
              <Trans>Its name says that it is secret: your role may not see its value.</Trans>
            </p>
          ) : null}
          <Running row={row} />
          <Written row={row} edited={edit !== undefined} />
          {spec ? (
            <p lang="en" className="max-w-prose text-sm text-muted">
              {spec.help}
            </p>
          ) : null}
        </div>
        <Foot {...props} />
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

/** How the value is written, where that is not what takes effect. */
function Written({ row: { option }, edited }: { row: Row; edited: boolean }) {
  if (edited || !option.raw || option.raw === option.value || !/%\(|</.test(option.raw)) return null
  return (
    <div className="text-xs text-muted">
      <Trans>written as</Trans>{' '}
      <code className="font-mono break-all whitespace-pre-wrap">
        <Lines text={option.raw} />
      </code>
    </div>
  )
}

/** Where the value comes from, and the ways back. */
function Foot({ row, edit, disabled, onReset, onUndo }: OptionRowProps) {
  const { t } = useLingui()
  const { option, spec } = row
  const name = visible(option.name)
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {option.own || !option.setAt ? null : (
        <span className="text-xs text-muted">
          <Trans>inherited from</Trans>
        </span>
      )}
      <Source option={option} />
      {spec?.default && option.setAt ? (
        <span className="text-xs text-muted">
          <Trans>
            without it: <code className="font-mono break-all">{spec.default}</code>
          </Trans>
        </span>
      ) : null}
      {edit ? (
        <Button tone="ghost" size="sm" aria-label={t`Undo the edit of ${name}`} onClick={() => onUndo(row)}>
          <Trans>Undo edit</Trans>
        </Button>
      ) : null}
      {option.byBangui && !isReset(edit) ? (
        <Button
          tone="ghost"
          size="sm"
          disabled={disabled}
          aria-label={t`Reset ${name} to inherited`}
          onClick={() => onReset(row)}
        >
          <Trans>Reset to inherited</Trans>
        </Button>
      ) : null}
      {isReset(edit) ? (
        <span className="text-xs text-muted">
          <Trans>will be inherited again</Trans>
        </span>
      ) : null}
    </div>
  )
}
