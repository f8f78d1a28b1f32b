import { Trans, useLingui } from '@lingui/react/macro'
import { useEffect, useId, useRef, useState } from 'react'
import { type FieldControl, Input, Select } from '@/components/Field'
import { cx } from '@/lib/cx'
import { formatDuration } from '@/lib/format'
import type { OptionKind } from '../types'
import { addressLines, addressWords, durationSeconds, takesLines, truth } from './values'

type ValueFieldProps = {
  field: FieldControl
  kind: OptionKind
  value: string
  unit?: string | null
  /** Inherited from elsewhere: shown in grey until somebody writes a value of their own. */
  inherited?: boolean
  disabled?: boolean
  /** Grey text in an empty field: what holds where nothing is set. */
  placeholder?: string
  onChange: (value: string) => void
}

/** The field that suits a kind of value. */
export function ValueField(props: ValueFieldProps) {
  const { kind, value } = props
  if (kind.kind === 'boolean' && (value === '' || truth(value) !== null)) return <YesNo {...props} />
  if (kind.kind === 'choice' && !kind.open && (value === '' || kind.words.includes(value)))
    return <Words {...props} words={kind.words} />
  if (kind.kind === 'addresses') return <Addresses {...props} />
  if (takesLines(kind)) return <Lines {...props} />
  return <Line {...props} />
}

const tone = (inherited: boolean | undefined) => (inherited ? 'text-muted' : 'text-fg')

function YesNo({ field, value, inherited, disabled, placeholder, onChange }: ValueFieldProps) {
  const { t } = useLingui()
  const now = truth(value)
  return (
    <Select
      {...field}
      className={cx('max-w-44', tone(inherited))}
      disabled={disabled}
      value={now === null ? '' : now ? 'true' : 'false'}
      options={[
        ...(now === null ? [{ value: '', label: placeholder ? t`not set (${placeholder})` : t`not set` }] : []),
        { value: 'true', label: t`yes` },
        { value: 'false', label: t`no` },
      ]}
      onChange={(next) => next !== '' && onChange(next)}
    />
  )
}

function Words({
  field,
  value,
  inherited,
  disabled,
  placeholder,
  words,
  onChange,
}: ValueFieldProps & { words: string[] }) {
  const { t } = useLingui()
  return (
    <Select
      {...field}
      className={cx('max-w-60', tone(inherited))}
      disabled={disabled}
      value={value}
      options={[
        ...(value === '' ? [{ value: '', label: placeholder ? t`not set (${placeholder})` : t`not set` }] : []),
        ...words.map((word) => ({ value: word, label: word })),
      ]}
      onChange={(next) => next !== '' && onChange(next)}
    />
  )
}

function Line({ field, kind, value, unit, inherited, disabled, placeholder, onChange }: ValueFieldProps) {
  const list = useId()
  const words = kind.kind === 'choice' ? kind.words : []
  const short = kind.kind === 'integer' || kind.kind === 'duration'
  return (
    <div className="flex flex-wrap items-center gap-x-2">
      <Input
        {...field}
        className={cx('font-mono', short ? 'max-w-44' : 'max-w-xl', tone(inherited))}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        inputMode={kind.kind === 'integer' ? 'numeric' : undefined}
        list={words.length > 0 ? list : undefined}
        disabled={disabled}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {words.length > 0 ? (
        <datalist id={list}>
          {words.map((word) => (
            <option key={word} value={word} />
          ))}
        </datalist>
      ) : null}
      {kind.kind === 'duration' ? (
        <Reading value={value} />
      ) : unit ? (
        <span className="text-sm text-muted">{unit}</span>
      ) : null}
    </div>
  )
}

/** A duration as people say it. */
function Reading({ value }: { value: string }) {
  const { i18n } = useLingui()
  const seconds = value.trim() === '' ? null : durationSeconds(value)
  if (seconds === null) return null
  return <span className="text-sm whitespace-nowrap text-muted">= {formatDuration(i18n, seconds)}</span>
}

const MOST_ROWS = 14

function Lines({ field, value, inherited, disabled, placeholder, onChange }: ValueFieldProps) {
  return (
    <Area
      field={field}
      text={value}
      inherited={inherited}
      disabled={disabled}
      placeholder={placeholder}
      onChange={onChange}
    />
  )
}

/** Keeps what somebody types, such as an empty line, that the value itself does not have. */
function Addresses({ field, value, inherited, disabled, placeholder, onChange }: ValueFieldProps) {
  const [text, setText] = useState(() => addressLines(value))
  const told = useRef(value)
  useEffect(() => {
    if (value === told.current) return
    told.current = value
    setText(addressLines(value))
  }, [value])
  return (
    <div>
      <Area
        field={field}
        text={text}
        inherited={inherited}
        disabled={disabled}
        placeholder={placeholder}
        onChange={(next) => {
          setText(next)
          told.current = addressWords(next)
          onChange(told.current)
        }}
      />
      <p className="mt-0.5 text-xs text-muted">
        <Trans>One address, network or host name a line.</Trans>
      </p>
    </div>
  )
}

type AreaProps = Pick<ValueFieldProps, 'field' | 'inherited' | 'disabled' | 'placeholder'> & {
  text: string
  onChange: (text: string) => void
}

function Area({ field, text, inherited, disabled, placeholder, onChange }: AreaProps) {
  const rows = Math.min(MOST_ROWS, text.split('\n').length)
  return (
    <textarea
      {...field}
      className={cx('control block resize-y overflow-x-auto py-1.5 font-mono text-sm whitespace-pre', tone(inherited))}
      rows={Math.max(1, rows)}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      disabled={disabled}
      placeholder={placeholder}
      value={text}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
