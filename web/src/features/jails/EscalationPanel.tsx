import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import { Panel } from '@/components/PageHeader'
import { HostileText } from '@/components/Text'
import { formatDuration, formatNumber } from '@/lib/format'
import { growthOf, steps } from './escalation'

type Settings = Schemas['JailSettingsBody']

/** What becomes of an address that comes back, in words. */
export function EscalationPanel({ settings }: { settings: Settings }) {
  const { escalation } = settings
  const { kind } = growthOf(settings)
  const on = kind === 'doubling' || kind === 'multipliers' || kind === 'formula'
  return (
    <Panel title={<Trans>Returning addresses</Trans>}>
      <div className="flex flex-col gap-2 px-3 py-2.5">
        <p>
          <GrowthText settings={settings} />
        </p>
        <StepList settings={settings} />
        {on ? (
          <ul className="list-disc pl-4 text-sm text-muted">
            <Limits settings={settings} />
            <li>
              {escalation.overAllJails ? (
                <Trans>Earlier bans of the address in every jail count.</Trans>
              ) : (
                <Trans>Only earlier bans of the address in this jail count.</Trans>
              )}
            </li>
            <li>
              <Trans>fail2ban remembers earlier bans as long as its database keeps them.</Trans>
            </li>
          </ul>
        ) : null}
      </div>
    </Panel>
  )
}

function GrowthText({ settings }: { settings: Settings }): ReactNode {
  const { i18n } = useLingui()
  const growth = growthOf(settings)
  const max = settings.escalation.maxSeconds
  const most = typeof max === 'number' ? formatDuration(i18n, max) : null
  switch (growth.kind) {
    case 'off':
      return <Trans>Every ban lasts the same, however often an address comes back. Escalation is off.</Trans>
    case 'permanent':
      return <Trans>Bans are permanent already, so they cannot grow.</Trans>
    case 'capped':
      return (
        <Trans>
          Bans of returning addresses would grow, but only up to {most}, which the first ban reaches already: so they do
          not.
        </Trans>
      )
    case 'doubling':
      return most ? (
        <Trans>Bans of returning addresses double each time, up to {most}.</Trans>
      ) : (
        <Trans>Bans of returning addresses double each time, without an upper limit.</Trans>
      )
    case 'multipliers': {
      const list = growth.multipliers.map((value) => formatNumber(i18n.locale, value)).join(', ')
      return most ? (
        <Trans>
          Bans of returning addresses grow step by step (times {list}), up to {most}.
        </Trans>
      ) : (
        <Trans>Bans of returning addresses grow step by step (times {list}).</Trans>
      )
    }
    case 'formula':
      return (
        <>
          {most ? (
            <Trans>Bans of returning addresses grow by a formula of this configuration, up to {most}:</Trans>
          ) : (
            <Trans>Bans of returning addresses grow by a formula of this configuration:</Trans>
          )}
          <code className="mt-1 block font-mono text-sm break-all whitespace-pre-wrap">
            <HostileText text={growth.formula} />
          </code>
        </>
      )
  }
}

function Limits({ settings }: { settings: Settings }) {
  const { i18n } = useLingui()
  const { factor, randomSeconds } = settings.escalation
  const growth = growthOf(settings)
  const random = typeof randomSeconds === 'number' && randomSeconds > 0 ? formatDuration(i18n, randomSeconds) : null
  const shown = 'factor' in growth && growth.factor !== 1 && factor ? factor : null
  return (
    <>
      {shown ? (
        <li>
          <Trans>
            From the second ban on the time is multiplied by{' '}
            <code className="font-mono">
              <HostileText text={shown} />
            </code>{' '}
            as well.
          </Trans>
        </li>
      ) : null}
      {random ? (
        <li>
          <Trans>Up to {random} are added at random, so that nobody can foresee the end.</Trans>
        </li>
      ) : null}
    </>
  )
}

/** 10 min → 20 min → 40 min … */
function StepList({ settings }: { settings: Settings }) {
  const { i18n, t } = useLingui()
  const list = steps(settings)
  if (list.length < 2) return null
  return (
    <ol
      aria-label={t`Length of the bans of one address`}
      className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm"
    >
      {list.map((step, index) => (
        <li key={step.ban} className="flex items-center gap-2">
          {index > 0 ? (
            <span aria-hidden="true" className="text-muted">
              →
            </span>
          ) : null}
          <span className="rounded-sm bg-raised px-1.5 py-0.5 whitespace-nowrap tabular-nums">
            {formatDuration(i18n, step.seconds)}
          </span>
        </li>
      ))}
      {list.at(-1)?.longest ? null : (
        <li aria-hidden="true" className="text-muted">
          → …
        </li>
      )}
    </ol>
  )
}
