import { Plural, Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Icon } from '@/components/Icon'
import { HostileText, Time } from '@/components/Text'
import { Alarm, Unknown } from '@/features/health/Alarm'
import { healthQuery } from '@/features/health/queries'
import { cx } from '@/lib/cx'
import { Section } from './Section'

/** Whether each running jail sees what it should see. A blind jail looks just like a quiet night. */
export function JailHealth() {
  const health = useQuery(healthQuery)
  return (
    <Section title={<Trans>What jails see</Trans>} query={health} rows={2}>
      {({ items, asOf, unheard }) => {
        const told = items.filter((jail) => jail.alarms.length > 0 || jail.unknown.length > 0)
        if (told.length === 0 && !unheard) {
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
            {unheard ? (
              <li className="border-b border-l-4 border-l-warning px-3 py-2 text-sm last:border-b-0">
                <span className="text-warning">
                  <Trans>
                    fail2ban's log could not be read from <Time at={unheard.from} absolute /> to{' '}
                    <Time at={unheard.until} absolute />: bans and failures may be missing.
                  </Trans>
                </span>{' '}
                <span className="text-muted">
                  <Trans>Let its rotated logs be compressed with gzip, or not at all.</Trans>
                </span>
              </li>
            ) : null}
            {told.map((jail) => (
              <li
                key={jail.jail}
                className={cx(
                  'border-b border-l-4 px-3 py-2 last:border-b-0',
                  jail.alarms.length > 0 ? 'border-l-warning' : 'border-l-border',
                )}
              >
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
                    <Alarm alarm={alarm} />
                  </p>
                ))}
                {jail.unknown.map((unknown) => (
                  <p key={unknown} className="text-sm">
                    <Unknown unknown={unknown} />
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
