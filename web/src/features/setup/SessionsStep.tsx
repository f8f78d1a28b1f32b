import { Trans, useLingui } from '@lingui/react/macro'
import { useMemo } from 'react'
import { Field, Select } from '@/components/Field'
import { Time } from '@/components/Text'
import { formatDuration } from '@/lib/format'
import { ZoneContext } from '@/lib/zone'
import { ABSOLUTE_CHOICES, IDLE_CHOICES, withOwn, zones } from './draft'
import { StepFrame, type StepProps } from './StepFrame'

export function SessionsStep({ draft, change, onNext, onBack }: StepProps) {
  const { t, i18n } = useLingui()
  const now = useMemo(() => new Date().toISOString(), [])
  const options = useMemo(() => zones(draft.timeZone).map((zone) => ({ value: zone, label: zone })), [draft.timeZone])
  const durations = (choices: readonly number[]) =>
    choices.map((seconds) => ({ value: String(seconds), label: formatDuration(i18n, seconds) }))
  return (
    <StepFrame
      title={<Trans>Time zone and sessions</Trans>}
      intro={<Trans>All of it can be changed later.</Trans>}
      onBack={onBack}
      onSubmit={onNext}
    >
      <Field
        label={t`Time zone that times are shown in`}
        hint={
          <ZoneContext value={draft.timeZone}>
            <Trans>
              Now it is <Time at={now} absolute /> there.
            </Trans>
          </ZoneContext>
        }
      >
        {(field) => (
          <Select
            {...field}
            data-autofocus
            value={draft.timeZone}
            options={options}
            onChange={(timeZone) => change({ timeZone })}
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t`A session ends when unused for`}>
          {(field) => (
            <Select
              {...field}
              value={String(draft.idleSeconds)}
              options={durations(withOwn(IDLE_CHOICES, draft.idleSeconds))}
              onChange={(value) => {
                const idleSeconds = Number(value)
                change({ idleSeconds, absoluteSeconds: Math.max(draft.absoluteSeconds, idleSeconds) })
              }}
            />
          )}
        </Field>
        <Field label={t`and at the latest after`}>
          {(field) => (
            <Select
              {...field}
              value={String(draft.absoluteSeconds)}
              options={durations(withOwn(ABSOLUTE_CHOICES, draft.absoluteSeconds)).filter(
                ({ value }) => Number(value) >= draft.idleSeconds,
              )}
              onChange={(value) => change({ absoluteSeconds: Number(value) })}
            />
          )}
        </Field>
      </div>
    </StepFrame>
  )
}
