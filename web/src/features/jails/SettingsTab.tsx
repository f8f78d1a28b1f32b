import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import { Panel } from '@/components/PageHeader'
import { HostileText, Num } from '@/components/Text'
import { formatDuration, formatNumber } from '@/lib/format'
import { EditableSetting } from './EditableSetting'
import { EscalationPanel } from './EscalationPanel'
import { WithFileValues } from './FileValue'
import { SettingRow } from './SettingRow'
import { UntilReload } from './UntilReload'

type Settings = Schemas['JailSettingsBody']

/** Every value that the jail runs with, and what it means. */
export function SettingsTab({ jail, settings, bans }: { jail: string; settings: Settings; bans: number }) {
  return (
    <WithFileValues jail={jail}>
      <div className="flex flex-col gap-3">
        <UntilReload />
        <Panel title={<Trans>When it bans</Trans>}>
          <Rule settings={settings} />
          <dl>
            <EditableSetting
              jail={jail}
              field="maxretry"
              label={<Trans>Failures until the ban</Trans>}
              value={settings.maxretry}
              means={<Trans>So many failures of one address within the window lead to a ban.</Trans>}
            />
            <EditableSetting
              jail={jail}
              field="findtimeSeconds"
              label={<Trans>Window</Trans>}
              value={settings.findtimeSeconds}
              means={<Trans>Failures of one address within this time count together. Older ones are forgotten.</Trans>}
            />
            <EditableSetting
              jail={jail}
              field="bantimeSeconds"
              label={<Trans>Ban time</Trans>}
              value={settings.bantimeSeconds}
              bans={bans}
              means={<Trans>How long a ban lasts. Bans of returning addresses may last longer, see below.</Trans>}
            />
          </dl>
        </Panel>
        <EscalationPanel settings={settings} />
        <Panel title={<Trans>How it reads</Trans>}>
          <dl>
            <SettingRow
              label={<Trans>Host names</Trans>}
              term="usedns"
              value={<Plain text={settings.usedns} />}
              means={<UseDns value={settings.usedns} />}
            />
            <SettingRow
              label={<Trans>Encoding of the log</Trans>}
              term="logencoding"
              value={<Plain text={settings.logEncoding} otherwise="auto" />}
              means={
                settings.logEncoding && settings.logEncoding !== 'auto' ? (
                  <Trans>The log is read in this encoding.</Trans>
                ) : (
                  <Trans>The log is read in the encoding that the system prefers.</Trans>
                )
              }
            />
            <SettingRow
              label={<Trans>Time zone of the log</Trans>}
              term="logtimezone"
              value={<Plain text={settings.logTimeZone} otherwise={<Trans>that of the machine</Trans>} />}
              means={<Trans>Times in the log that name no zone are taken to be in this one.</Trans>}
            />
            <SettingRow
              label={<Trans>Lines looked at together</Trans>}
              term="maxlines"
              value={<Num value={settings.maxlines} />}
              means={
                (settings.maxlines ?? 1) > 1 ? (
                  <Trans>The regexes may span so many lines of the log.</Trans>
                ) : (
                  <Trans>Each line of the log is judged alone.</Trans>
                )
              }
            />
            <SettingRow
              label={<Trans>Lines kept</Trans>}
              term="maxmatches"
              value={<Num value={settings.maxmatches} />}
              means={<Trans>So many matching lines are kept for each address, for what actions report.</Trans>}
            />
          </dl>
        </Panel>
      </div>
    </WithFileValues>
  )
}

/** The three numbers in one sentence. */
function Rule({ settings }: { settings: Settings }) {
  const { t, i18n } = useLingui()
  const { maxretry, findtimeSeconds, bantimeSeconds } = settings
  if (!maxretry || !findtimeSeconds || bantimeSeconds === null || bantimeSeconds === undefined) return null
  const window = formatDuration(i18n, findtimeSeconds)
  const time = formatDuration(i18n, bantimeSeconds)
  const failures = formatNumber(i18n.locale, maxretry)
  const forever = bantimeSeconds < 0
  return (
    <p className="border-b px-3 py-2.5">
      {maxretry === 1
        ? forever
          ? t`One failure bans an address for good.`
          : t`One failure bans an address for ${time}.`
        : forever
          ? t`${failures} failures within ${window} ban an address for good.`
          : t`${failures} failures within ${window} ban an address for ${time}.`}
    </p>
  )
}

function Plain({ text, otherwise }: { text: string | null | undefined; otherwise?: ReactNode }) {
  if (text) return <HostileText text={text} className="font-mono text-sm break-all" />
  return otherwise ? <span>{otherwise}</span> : <span className="text-muted">–</span>
}

function UseDns({ value }: { value: string | null | undefined }) {
  switch (value) {
    case 'yes':
      return <Trans>Host names in the log are looked up, and their addresses banned.</Trans>
    case 'warn':
      return (
        <Trans>Host names in the log are looked up and their addresses banned, with a warning in fail2ban’s log.</Trans>
      )
    case 'no':
      return <Trans>Host names in the log are not looked up; only addresses lead to bans.</Trans>
    case 'raw':
      return (
        <Trans>What stands in the log is taken as it is, whether it is an address or not; nothing is looked up.</Trans>
      )
    default:
      return <Trans>Whether host names in the log are looked up.</Trans>
  }
}
