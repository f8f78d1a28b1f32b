import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Schemas } from '@/api/client'
import { Icon } from '@/components/Icon'
import { HostileText, Time } from '@/components/Text'
import { healthQuery } from '@/features/filters/queries'
import { Section } from './Section'

/** What is wrong, and what to do about it. */
const ALARMS: Record<Schemas['JailHealthBody']['alarms'][number], [MessageDescriptor, MessageDescriptor]> = {
  logMissing: [msg`A log file is not there.`, msg`Start the service that writes it, or correct the jail's logpath.`],
  logUnreadable: [msg`A log file cannot be read.`, msg`Look at the file's permissions, and at AppArmor or SELinux.`],
  logRotatedAway: [
    msg`The log was rotated, and fail2ban still follows the old file.`,
    msg`Reload the jail, then see that the rotation tells fail2ban.`,
  ],
  logNotRead: [
    msg`The log grows, but fail2ban does not read on.`,
    msg`Reload the jail. If it stays, try another backend.`,
  ],
  logSilent: [
    msg`Nothing has been written to its logs for a day.`,
    msg`Check that the service runs and logs into this file.`,
  ],
  nothingMatches: [
    msg`The log is written to, but no line has matched for a week.`,
    msg`Try the filter against the log with fail2ban-regex.`,
  ],
  clockDiffers: [
    msg`Times in the log differ from this machine's clock.`,
    msg`Correct the clock, or the time zone that the service logs in (logtimezone).`,
  ],
  noLog: [msg`The jail has no log at all.`, msg`Give it a logpath, or a journalmatch with backend systemd.`],
}

/** Whether each running jail sees what it should see. A blind jail looks just like a quiet night. */
export function JailHealth() {
  const { i18n } = useLingui()
  const health = useQuery(healthQuery)
  return (
    <Section title={<Trans>What jails see</Trans>} query={health} rows={2}>
      {({ items, asOf }) => {
        const blind = items.filter((jail) => jail.alarms.length > 0)
        if (blind.length === 0) {
          return (
            <p className="flex min-h-10 flex-wrap items-center gap-x-2 px-3 py-1">
              <Icon name="check" className="text-good" />
              {items.length === 0 ? (
                <Trans>No jail is running.</Trans>
              ) : (
                <Link to="/jails" className="hover:text-accent hover:underline">
                  <Plural
                    value={items.length}
                    one="The running jail reads its log."
                    other="All # running jails read their logs."
                  />
                </Link>
              )}
              <span className="ml-auto text-sm text-muted">
                <Time at={asOf} />
              </span>
            </p>
          )
        }
        return (
          <ul>
            {blind.map((jail) => (
              <li key={jail.jail} className="border-b border-l-4 border-l-warning px-3 py-2 last:border-b-0">
                <Link
                  to="/jails/$jail"
                  params={{ jail: jail.jail }}
                  search={{ tab: 'sources' }}
                  className="font-medium hover:text-accent hover:underline"
                >
                  <HostileText text={jail.jail} />
                </Link>
                {jail.alarms.map((alarm) => (
                  <p key={alarm} className="text-sm">
                    <span className="text-warning">{i18n._(ALARMS[alarm][0])}</span>{' '}
                    <span className="text-muted">{i18n._(ALARMS[alarm][1])}</span>
                  </p>
                ))}
                {jail.logs.map((log) => (
                  <p key={log.path} className="text-sm break-all text-muted">
                    <code className="font-mono text-xs">
                      <HostileText text={log.path} />
                    </code>
                    {log.writtenAt ? (
                      <>
                        {' '}
                        <Trans>
                          written <Time at={log.writtenAt} />
                        </Trans>
                      </>
                    ) : null}
                  </p>
                ))}
              </li>
            ))}
          </ul>
        )
      }}
    </Section>
  )
}
