import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'

/** What is wrong, and what to do about it. */
const ALARMS: Record<Schemas['JailAlarmName'], [MessageDescriptor, MessageDescriptor]> = {
  logMissing: [msg`A log file is not there.`, msg`Start the service that writes it, or correct the jail's logpath.`],
  logUnreadable: [
    msg`fail2ban cannot read a log file.`,
    msg`Look at the file's permissions, and at AppArmor or SELinux.`,
  ],
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

/** What cannot be known, and how it could be. */
const UNKNOWN: Record<Schemas['JailHealthBody']['unknown'][number], [MessageDescriptor, MessageDescriptor]> = {
  logNotSeen: [
    msg`BanGUI may not look at a log file; whether fail2ban can read it is not known.`,
    msg`Let the user that BanGUI runs as read the file, for instance by its group.`,
  ],
  readingNotNoted: [
    msg`How far fail2ban has read is noted nowhere.`,
    msg`It notes that in its database (dbfile), which BanGUI has to be able to read.`,
  ],
  matchesNotHeard: [
    msg`Whether lines match is not heard.`,
    msg`Let fail2ban log at level INFO to a file or the journal that BanGUI can read.`,
  ],
}

/** What is not known of a jail's logs, and how it could be. */
export function Unknown({ unknown }: { unknown: keyof typeof UNKNOWN }) {
  const { i18n } = useLingui()
  const [what, how] = UNKNOWN[unknown]
  return (
    <>
      {i18n._(what)} <span className="text-muted">{i18n._(how)}</span>
    </>
  )
}

/** Why a jail may be blind, and what to do about it. */
export function Alarm({ alarm }: { alarm: Schemas['JailAlarmName'] }) {
  const { i18n } = useLingui()
  const [wrong, mend] = ALARMS[alarm]
  return (
    <>
      <span className="text-warning">{i18n._(wrong)}</span> <span className="text-muted">{i18n._(mend)}</span>
    </>
  )
}
