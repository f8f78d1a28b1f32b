import { Trans, useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { Banner } from '@/components/Banner'
import { Field, Input, Select } from '@/components/Field'
import { Segments } from '@/components/Segments'
import { ExpiryField } from '@/features/blocking/ExpiryField'
import type { Expiry } from '@/features/blocking/expiry'
import { Why } from '@/features/blocking/Why'
import { visible } from '@/lib/hostile'

const MOST_REASON = 200

/** Where somebody is banned, for how long and why. Only bans without a jail have a time of their own and a reason. */
export type Where = {
  kind: 'jail' | 'own'
  jail: string
  expiry: Expiry
  reason: string
}

type WhereFieldsProps = {
  where: Where
  onWhere: (to: Partial<Where>) => void
  jails: readonly Schemas['JailSummaryBody'][] | undefined
  /** Why nothing could be blocked without a jail. */
  unusable: Schemas['Why'] | null
  disabled: boolean
}

export function WhereFields({ where, onWhere, jails, unusable, disabled }: WhereFieldsProps) {
  const { t } = useLingui()
  const own = where.kind === 'own'
  return (
    <>
      <div className="flex flex-col gap-1">
        <Segments
          label={t`Where`}
          value={where.kind}
          options={[
            { value: 'jail', label: <Trans>In a jail</Trans> },
            { value: 'own', label: <Trans>Without a jail</Trans> },
          ]}
          onChange={(kind) => onWhere({ kind })}
        />
        <p className="text-sm text-muted">
          {own ? (
            <Trans>
              BanGUI’s own table blocks it: also networks, for as long as you say, and while fail2ban is down. fail2ban
              knows only the ban time of its jail, keeps no reason, and its actions mostly block single addresses.
            </Trans>
          ) : (
            <Trans>The jail’s actions block the address, for as long as its ban time says.</Trans>
          )}
        </p>
      </div>
      {unusable ? (
        <Banner tone="warning" role="status" title={<Trans>The firewall cannot be used.</Trans>}>
          <Why why={unusable} />
        </Banner>
      ) : null}
      <div className="grid gap-3 sm:grid-cols-2">
        {own ? null : (
          <JailSelect jails={jails} value={where.jail} onChange={(jail) => onWhere({ jail })} disabled={disabled} />
        )}
        <ExpiryField
          label={<Trans>How long</Trans>}
          never={t`for ever`}
          value={where.expiry}
          onChange={(expiry) => onWhere({ expiry, kind: 'own' })}
          other={{ label: t`as long as the jail says`, chosen: !own, onChoose: () => onWhere({ kind: 'jail' }) }}
          disabled={disabled}
        />
      </div>
    </>
  )
}

/** Why: only a ban without a jail keeps it, so writing it leads there. */
export function ReasonField({ where, onWhere, disabled }: Omit<WhereFieldsProps, 'jails' | 'unusable'>) {
  const { t } = useLingui()
  const own = where.kind === 'own'
  return (
    <Field label={<Trans>Why</Trans>}>
      {(field) => (
        <Input
          {...field}
          autoComplete="off"
          maxLength={MOST_REASON}
          placeholder={own ? undefined : t`kept only without a jail`}
          disabled={disabled}
          value={own ? where.reason : ''}
          onChange={(event) => onWhere({ reason: event.target.value, kind: 'own' })}
        />
      )}
    </Field>
  )
}

type JailSelectProps = {
  jails: readonly Schemas['JailSummaryBody'][] | undefined
  value: string
  onChange: (jail: string) => void
  disabled: boolean
}

function JailSelect({ jails, value, onChange, disabled }: JailSelectProps) {
  const { t } = useLingui()
  const options = (jails ?? []).map(({ name, state }) => {
    const shown = visible(name)
    return { value: name, label: state === 'stopped' ? t`${shown} (stopped)` : shown, disabled: state === 'stopped' }
  })
  return (
    <Field label={<Trans>Jail</Trans>}>
      {(field) => (
        <Select
          {...field}
          value={value}
          disabled={disabled}
          options={[{ value: '', label: jails ? t`Choose a jail…` : t`Loading…` }, ...options]}
          onChange={onChange}
        />
      )}
    </Field>
  )
}
