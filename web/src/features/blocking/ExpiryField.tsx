import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { Field, Input, Select } from '@/components/Field'
import { formatDuration } from '@/lib/format'
import { localOf } from '@/lib/local-time'
import { useZone } from '@/lib/zone'
import { type Expiry, SPANS, secondsOf } from './expiry'

type ExpiryFieldProps = {
  label: ReactNode
  /** What lasting without an end is called here. */
  never: string
  value: Expiry
  onChange: (value: Expiry) => void
  /** A choice before the others that means none of them, and whether it is the one. */
  other?: { label: string; chosen: boolean; onChoose: () => void }
  hint?: ReactNode
  error?: ReactNode
  disabled?: boolean
}

const OTHER = 'other'

/** How long: spans, for ever, a span or a moment of one's own. */
export function ExpiryField({ label, never, value, onChange, other, hint, error, disabled }: ExpiryFieldProps) {
  const { t, i18n } = useLingui()
  const zone = useZone()
  const spans = value.kind === 'span' ? [...new Set([...SPANS, value.seconds])].sort((a, b) => a - b) : [...SPANS]
  const chosen = other?.chosen ? OTHER : value.kind === 'span' ? String(value.seconds) : value.kind
  function choose(next: string) {
    if (next === OTHER) other?.onChoose()
    else if (next === 'never') onChange({ kind: 'never' })
    else if (next === 'typed') onChange({ kind: 'typed', text: '' })
    else if (next === 'until') onChange({ kind: 'until', local: localOf(inAWeek(), zone) })
    else onChange({ kind: 'span', seconds: Number(next) })
  }
  const wrong = !other?.chosen && secondsOf(value, zone, Date.now()) === undefined
  return (
    <div className="flex flex-wrap items-start gap-2">
      <Field label={label} hint={hint} error={error} className="min-w-44 flex-1">
        {(field) => (
          <Select
            {...field}
            value={chosen}
            disabled={disabled}
            options={[
              ...(other ? [{ value: OTHER, label: other.label }] : []),
              ...spans.map((seconds) => ({ value: String(seconds), label: t`for ${formatDuration(i18n, seconds)}` })),
              { value: 'never', label: never },
              { value: 'typed', label: t`for another time…` },
              { value: 'until', label: t`until…` },
            ]}
            onChange={choose}
          />
        )}
      </Field>
      {other?.chosen ? null : value.kind === 'typed' ? (
        <Field
          label={<Trans>How long</Trans>}
          className="min-w-44 flex-1"
          error={wrong && value.text !== '' ? t`Write it like 90 min, 12 h or 3 d.` : null}
        >
          {(field) => (
            <Input
              {...field}
              autoComplete="off"
              placeholder="12 h"
              value={value.text}
              onChange={(event) => onChange({ kind: 'typed', text: event.target.value })}
            />
          )}
        </Field>
      ) : value.kind === 'until' ? (
        <Field
          label={<Trans>Until</Trans>}
          className="min-w-44 flex-1"
          error={wrong ? t`Choose a moment to come.` : null}
          hint={zone}
        >
          {(field) => (
            <Input
              {...field}
              type="datetime-local"
              value={value.local}
              onChange={(event) => onChange({ kind: 'until', local: event.target.value })}
            />
          )}
        </Field>
      ) : null}
    </div>
  )
}

function inAWeek(): string {
  return new Date(Date.now() + 7 * 86_400_000).toISOString()
}
