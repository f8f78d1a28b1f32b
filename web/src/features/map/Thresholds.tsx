import { Trans, useLingui } from '@lingui/react/macro'
import { type ReactNode, useState } from 'react'
import { Button } from '@/components/Button'
import { Field, Input, Select } from '@/components/Field'
import { Icon } from '@/components/Icon'
import { Popover } from '@/components/Popover'
import { Num } from '@/components/Text'
import { scaleColour } from '@/lib/scale'
import { thresholds as readThresholds } from '@/routes/map'

type ThresholdsProps = {
  /** What the colours mean at the moment. */
  shown: readonly number[]
  steps: number
  /** Numbers of one's own; without them the steps are spread by quantiles. */
  own: readonly number[] | undefined
  onChange: (change: { steps?: number; at?: number[] }) => void
}

/** The legend of the colours, and the way to choose others. */
export function Thresholds({ shown, steps, own, onChange }: ThresholdsProps) {
  const { t } = useLingui()
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-xs text-muted">
      <ul aria-label={t`What the colours mean`} className="flex flex-wrap gap-x-3 gap-y-1">
        <Step colour="var(--land)">
          <Trans>none</Trans>
        </Step>
        {shown.map((threshold, index) => {
          const next = shown[index + 1]
          return (
            <Step key={threshold} colour={scaleColour(index + 1, shown.length) ?? ''}>
              <Num value={threshold} />
              {next === undefined ? '+' : next - 1 > threshold ? <>–{<Num value={next - 1} />}</> : null}
            </Step>
          )
        })}
      </ul>
      <Popover
        label={t`Colour steps`}
        size="sm"
        tone={own ? 'chosen' : 'chip'}
        panelClassName="w-72"
        face={
          <>
            <Icon name="settings" />
            {own ? <Trans>own steps</Trans> : <Trans>steps</Trans>}
          </>
        }
      >
        {(close) => (
          <Choice
            start={own ?? shown}
            steps={steps}
            onChange={(change) => {
              onChange(change)
              close()
            }}
          />
        )}
      </Popover>
    </div>
  )
}

function Step({ colour, children }: { colour: string; children: ReactNode }) {
  return (
    <li className="inline-flex items-center gap-1.5">
      <span aria-hidden="true" className="h-3 w-5 rounded-sm border" style={{ background: colour }} />
      {children}
    </li>
  )
}

type ChoiceProps = { start: readonly number[]; steps: number; onChange: ThresholdsProps['onChange'] }

function Choice({ start, steps, onChange }: ChoiceProps) {
  const { t } = useLingui()
  const [typed, setTyped] = useState(start.join(' '))
  const numbers = typed
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number)
  const valid = readThresholds(numbers)
  const wrong = typed.trim() !== '' && (valid?.length ?? 0) !== numbers.length
  return (
    <div className="flex flex-col gap-3 p-3 text-fg">
      <Field label={t`By the countries themselves`} hint={t`Each step holds about as many countries.`}>
        {(field) => (
          <Select
            {...field}
            value={String(steps)}
            options={['5', '6', '7'].map((value) => ({ value, label: t`${value} steps` }))}
            onChange={(value) => onChange({ steps: Number(value), at: undefined })}
          />
        )}
      </Field>
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (valid && !wrong) onChange({ at: valid })
        }}
      >
        <Field
          label={t`Own numbers`}
          hint={t`Where each step begins, at most seven.`}
          error={wrong ? t`Whole numbers from 1 on, each once, at most seven.` : undefined}
        >
          {(field) => (
            <Input
              {...field}
              inputMode="numeric"
              placeholder="1 10 100 1000"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={() => onChange({ at: undefined, steps: undefined })}>
            <Trans>Reset</Trans>
          </Button>
          <Button type="submit" tone="primary" disabled={wrong || !valid}>
            <Trans>Use these</Trans>
          </Button>
        </div>
      </form>
    </div>
  )
}
