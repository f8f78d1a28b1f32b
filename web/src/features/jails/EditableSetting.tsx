import { Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { Button } from '@/components/Button'
import { Field, Input } from '@/components/Field'
import { ProblemNote } from '@/components/ProblemNote'
import { Num } from '@/components/Text'
import { Checkbox } from '@/components/Toggle'
import { toast } from '@/components/toasts'
import { formatDuration, formatNumber } from '@/lib/format'
import { visible } from '@/lib/hostile'
import { parseSpan, spanText } from '@/lib/span'
import { askAgain } from './ask-again'
import { useChanging } from './changing'
import { changeSettings } from './requests'
import { SettingRow } from './SettingRow'

/** What fail2ban takes: ten years, and the largest count of its command. */
const MOST_SECONDS = 10 * 366 * 24 * 3_600
const MOST_FAILURES = 2 ** 32 - 1
const MINUTE = 60

type SettingField = 'bantimeSeconds' | 'findtimeSeconds' | 'maxretry'
const TERMS = { bantimeSeconds: 'bantime', findtimeSeconds: 'findtime', maxretry: 'maxretry' } as const

type EditableSettingProps = {
  jail: string
  field: SettingField
  label: ReactNode
  means: ReactNode
  value: number | null | undefined
  /** Bans in force, which another ban time changes. */
  bans?: number
}

/** A running value that can be changed where it stands. */
export function EditableSetting({ jail, field, label, means, value, bans }: EditableSettingProps) {
  const { allowed, reason } = useChanging()
  const [editing, setEditing] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  function close() {
    setEditing(false)
    // Focus goes back to where it came from, once the button is there again.
    requestAnimationFrame(() => button.current?.focus())
  }
  if (editing) return <SettingForm {...{ jail, field, label, means, value, bans }} onClose={close} />
  return (
    <SettingRow
      label={label}
      term={TERMS[field]}
      value={<SettingValue field={field} value={value} />}
      means={means}
      action={
        <Button
          ref={button}
          size="sm"
          className="sm:-my-1"
          disabled={!allowed}
          title={reason}
          onClick={() => setEditing(true)}
        >
          <Trans>Change</Trans>
          <span className="sr-only">{label}</span>
        </Button>
      }
    />
  )
}

function SettingValue({ field, value }: { field: SettingField; value: number | null | undefined }) {
  const { i18n } = useLingui()
  if (field === 'maxretry' || value === null || value === undefined) return <Num value={value} />
  const text = formatDuration(i18n, value)
  // The words are cut to two units; the seconds are what fail2ban has.
  const seconds = formatNumber(i18n.locale, value)
  return (
    <>
      {text}
      {value >= MINUTE ? (
        <span className="font-normal text-muted">
          {' '}
          <Trans>({seconds} s)</Trans>
        </span>
      ) : null}
    </>
  )
}

function SettingForm({
  jail,
  field,
  label,
  means,
  value,
  bans = 0,
  onClose,
}: EditableSettingProps & { onClose: () => void }) {
  const { t, i18n } = useLingui()
  const queryClient = useQueryClient()
  const time = field !== 'maxretry'
  const [typed, setTyped] = useState(() => startText(time, value))
  const [forever, setForever] = useState(field === 'bantimeSeconds' && (value ?? 0) < 0)
  const [touched, setTouched] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const wanted = forever ? -1 : time ? parseSpan(typed) : count(typed)
  const fault = forever ? null : faultOf(wanted)

  function faultOf(number: number | null): string | null {
    if (number === null) {
      return time ? t`Write a time such as 10m, 1h 30m or 2d.` : t`Write a whole number.`
    }
    if (number < 1) return time ? t`At least one second.` : t`At least 1.`
    if (time && number > MOST_SECONDS) return t`At most ten years.`
    if (!time && number > MOST_FAILURES) return t`At most ${formatNumber(i18n.locale, MOST_FAILURES)}.`
    return null
  }

  async function save(event: FormEvent) {
    event.preventDefault()
    setTouched(true)
    if (fault !== null || wanted === null || busy) return
    if (wanted === value) return onClose()
    setBusy(true)
    setProblem(null)
    try {
      const now = await changeSettings(jail, { [field]: wanted })
      await askAgain(queryClient)
      const is = now[field]
      const told =
        is === null || is === undefined ? '–' : time ? formatDuration(i18n, is) : formatNumber(i18n.locale, is)
      const term = TERMS[field]
      toast({ text: t`${visible(jail)}: ${term} is ${told} until the next reload.`, key: `setting ${jail} ${field}` })
      onClose()
    } catch (error) {
      setProblem(ApiProblem.from(error))
      setBusy(false)
      await askAgain(queryClient)
    }
  }

  const said = problem?.fieldMessage(field)
  const read = time && !forever && fault === null && wanted !== null ? formatDuration(i18n, wanted) : null
  return (
    <div className="border-b bg-raised px-3 py-2 last:border-0">
      <dt className="sr-only">{label}</dt>
      <dd>
        <form
          className="flex flex-col gap-2"
          onSubmit={save}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && !busy) onClose()
          }}
        >
          <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
            <Field
              label={label}
              className="w-48"
              error={(touched && fault) || said}
              hint={read ? t`That is ${read}.` : undefined}
            >
              {(control) => (
                <Input
                  {...control}
                  autoFocus
                  autoComplete="off"
                  spellCheck={false}
                  inputMode={time ? 'text' : 'numeric'}
                  placeholder={time ? '10m, 1h 30m, 2d' : '5'}
                  value={forever ? t`permanent` : typed}
                  disabled={forever}
                  onFocus={(event) => event.target.select()}
                  onChange={(event) => setTyped(event.target.value)}
                  onBlur={() => setTouched(true)}
                />
              )}
            </Field>
            {field === 'bantimeSeconds' ? (
              <Checkbox
                className="mt-6 h-8 items-center"
                label={t`Permanent`}
                checked={forever}
                onChange={setForever}
              />
            ) : null}
          </div>
          <p className="text-sm text-muted">{means}</p>
          {field === 'bantimeSeconds' && bans > 0 ? (
            <p className="text-sm">
              <Trans>
                The bans in force are timed anew from when they began: a shorter time may end some at once. Bans that
                escalation has timed stay as they are.
              </Trans>
            </p>
          ) : null}
          {problem && !said ? <ProblemNote problem={problem} /> : null}
          <div className="flex gap-2">
            <Button type="submit" tone="primary" size="sm" busy={busy}>
              <Trans>Set until the next reload</Trans>
            </Button>
            <Button size="sm" disabled={busy} onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
          </div>
        </form>
      </dd>
    </div>
  )
}

function startText(time: boolean, value: number | null | undefined): string {
  if (value === null || value === undefined || value < 0) return ''
  return time ? spanText(value) : String(value)
}

function count(text: string): number | null {
  return /^\d{1,12}$/.test(text.trim()) ? Number(text) : null
}
