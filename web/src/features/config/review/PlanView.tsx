import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { Badge } from '@/components/Badge'
import { Icon } from '@/components/Icon'
import { Panel } from '@/components/PageHeader'
import { HostileText, Num } from '@/components/Text'
import { ConfirmTime } from '../ConfirmTime'
import { FileDiffs } from '../diff/FileDiffs'
import { FindingsOfChange } from '../Findings'
import { ItemLink } from '../ItemLink'
import { FromTo, ValueWord } from '../tray/EditWords'
import { itemKey } from '../tray/edits'
import type { Effect, LogCheck, Plan, ReloadScope } from '../types'
import { RISK_WORDS } from './words'

/** What a plan would do: in words, in the files, what is loaded anew, what speaks against it. */
export function PlanView({ plan }: { plan: Plan }) {
  return (
    <>
      {plan.findings.length > 0 ? (
        <Panel title={<Trans>What was found</Trans>}>
          <FindingsOfChange findings={plan.findings} about={aboutPlan(plan)} />
        </Panel>
      ) : null}
      {plan.logChecks.length > 0 ? (
        <Panel title={<Trans>What the jails will read</Trans>}>
          <LogChecks checks={plan.logChecks} />
        </Panel>
      ) : null}
      <Panel title={<Trans>What takes effect</Trans>}>
        <Effects effects={plan.effects} />
      </Panel>
      <Panel title={<Trans>What is loaded anew</Trans>}>
        <Reloads scope={plan.reload} />
      </Panel>
      {plan.risks.length > 0 ? <Risks plan={plan} /> : null}
      <Panel title={<Plural value={plan.files.length} one="# file changes" other="# files change" />}>
        <FileDiffs files={plan.files} />
      </Panel>
    </>
  )
}

/** What a plan touches: the items whose values change, and the filter or action whose file does. */
function aboutPlan(plan: Plan): string[] {
  const files = plan.files.flatMap(({ path }) => {
    const found = /^(filter|action)\.d\/(.+)\.local$/.exec(path)
    return found ? [`${found[1]}/${found[2]}`] : []
  })
  return [...files, ...plan.effects.map((effect) => itemKey(effect.item))]
}

function Effects({ effects }: { effects: readonly Effect[] }) {
  if (effects.length === 0) {
    return (
      <p className="px-3 py-2 text-muted">
        <Trans>No value takes effect differently.</Trans>
      </p>
    )
  }
  return (
    <ul className="divide-y">
      {effects.map((effect) => (
        <li
          key={`${effect.item.kind}/${effect.item.name} ${effect.option}`}
          className="flex flex-wrap items-baseline gap-x-2 px-3 py-1.5"
        >
          <ItemLink
            id={effect.item}
            search={{ find: effect.option }}
            className="font-medium hover:text-accent hover:underline"
          />
          <span className="min-w-0">
            <FromTo option={effect.option} before={effect.before} after={<ValueWord value={effect.after} />} />
          </span>
        </li>
      ))}
    </ul>
  )
}

/** Whether the log of a jail that is to be enabled is there, and what its filter finds in it. */
export function LogChecks({ checks }: { checks: readonly LogCheck[] }) {
  const { t } = useLingui()
  return (
    <ul className="divide-y">
      {checks.map((check) => (
        <li key={`${check.jail} ${check.source}`} className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5 px-3 py-2">
          <Badge tone={check.found ? (check.matched > 0 ? 'good' : 'neutral') : 'danger'}>
            {check.found ? t`found` : t`not found`}
          </Badge>
          <HostileText text={check.source} className="font-mono text-sm break-all" />
          <span className="text-sm text-muted">
            {check.found ? (
              <Trans>
                <Num value={check.matched} /> of its last <Num value={check.lines} /> lines match the filter
              </Trans>
            ) : (
              <Trans>The jail would find nothing to read.</Trans>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Reloads({ scope }: { scope: ReloadScope }) {
  const jails = [scope.reload, scope.restart, scope.start, scope.stop].flat()
  return (
    <div className="flex flex-col gap-1 px-3 py-2">
      {jails.length === 0 && !scope.settings ? (
        <p className="text-muted">
          <Trans>Nothing: fail2ban uses none of it now.</Trans>
        </p>
      ) : null}
      {scope.settings ? (
        <p>
          <Trans>fail2ban's own settings. No jail is touched by them.</Trans>
        </p>
      ) : null}
      <Jails label={<Trans>Reloaded, bans stay:</Trans>} names={scope.reload} />
      <Jails
        label={
          scope.restartEndsBans ? (
            <span className="text-warning">
              <Trans>Stopped and started again, their bans end (fail2ban keeps no database):</Trans>
            </span>
          ) : (
            <Trans>Stopped and started again, bans come back from fail2ban's database:</Trans>
          )
        }
        names={scope.restart}
      />
      <Jails label={<Trans>Started:</Trans>} names={scope.start} />
      <Jails
        label={
          <span className="text-warning">
            <Trans>Stopped, their bans end:</Trans>
          </span>
        }
        names={scope.stop}
      />
    </div>
  )
}

function Jails({ label, names }: { label: ReactNode; names: readonly string[] }) {
  if (names.length === 0) return null
  return (
    <p>
      {label} <HostileText text={names.join(', ')} className="font-medium break-words" />
    </p>
  )
}

function Risks({ plan }: { plan: Plan }) {
  const { i18n } = useLingui()
  return (
    <Panel title={<Trans>Why it has to be confirmed</Trans>}>
      <ul className="flex flex-col gap-1 px-3 py-2">
        {plan.risks.map((risk) => (
          <li key={risk} className="flex items-start gap-2">
            <Icon name="warning" className="mt-0.5 text-warning" />
            {i18n._(RISK_WORDS[risk])}
          </li>
        ))}
      </ul>
      <p className="px-3 pb-2 text-sm text-muted">
        <Trans>
          After applying you have <ConfirmTime /> to say that all is well. Otherwise everything goes back by itself,
          even if BanGUI dies or your connection is gone.
        </Trans>
      </p>
    </Panel>
  )
}
