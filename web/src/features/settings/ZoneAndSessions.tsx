import { Trans, useLingui } from '@lingui/react/macro'
import { useMemo } from 'react'
import { Field, Select } from '@/components/Field'
import { Time } from '@/components/Text'
import { formatDuration } from '@/lib/format'
import { ZoneContext } from '@/lib/zone'
import { ABSOLUTE_CHOICES, IDLE_CHOICES, withOwn, zones } from './session-times'

export type ZoneAndTimes = { timeZone: string; idleSeconds: number; absoluteSeconds: number }

type ZoneAndSessionsProps = {
  value: ZoneAndTimes
  onChange: (value: ZoneAndTimes) => void
  autoFocus?: boolean
  disabled?: boolean
}

/** In which zone times are shown, and how long one stays signed in. */
export function ZoneAndSessions({ value, onChange, autoFocus, disabled }: ZoneAndSessionsProps) {
  const { t, i18n } = useLingui()
  const now = useMemo(() => new Date().toISOString(), [])
  const options = useMemo(() => zones(value.timeZone).map((zone) => ({ value: zone, label: zone })), [value.timeZone])
  const durations = (choices: readonly number[]) =>
    choices.map((seconds) => ({ value: String(seconds), label: formatDuration(i18n, seconds) }))
  return (
    <>
      <Field
        label={t`Time zone that times are shown in`}
        hint={
          <ZoneContext value={value.timeZone}>
            <Trans>
              Now it is <Time at={now} absolute /> there.
            </Trans>
          </ZoneContext>
        }
      >
        {(field) => (
          <Select
            {...field}
            data-autofocus={autoFocus ? true : undefined}
            disabled={disabled}
            value={value.timeZone}
            options={options}
            onChange={(timeZone) => onChange({ ...value, timeZone })}
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t`A session ends when unused for`}>
          {(field) => (
            <Select
              {...field}
              disabled={disabled}
              value={String(value.idleSeconds)}
              options={durations(withOwn(IDLE_CHOICES, value.idleSeconds))}
              onChange={(chosen) => {
                const idleSeconds = Number(chosen)
                onChange({ ...value, idleSeconds, absoluteSeconds: Math.max(value.absoluteSeconds, idleSeconds) })
              }}
            />
          )}
        </Field>
        <Field label={t`and at the latest after`}>
          {(field) => (
            <Select
              {...field}
              disabled={disabled}
              value={String(value.absoluteSeconds)}
              options={durations(withOwn(ABSOLUTE_CHOICES, value.absoluteSeconds)).filter(
                (choice) => Number(choice.value) >= value.idleSeconds,
              )}
              onChange={(chosen) => onChange({ ...value, absoluteSeconds: Number(chosen) })}
            />
          )}
        </Field>
      </div>
    </>
  )
}
