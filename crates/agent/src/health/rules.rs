//! What is an alarm, from plain facts.
//!
//! fail2ban notes how far it read a log while it reads, at most every ten seconds, and not again before the log is written to. So a note that lags proves nothing by
//! itself; a note that stays although the log was written to well after it was made does.
use domain::{JailAlarm, LogHealth, Timestamp};
use fail2ban::database::LogPosition;

use super::log_file::LogFile;

/// A write this much later than a note makes fail2ban note anew: ten seconds between notes, and some for its polling.
const NOTES_APART: i64 = 15_000;

/// How long fail2ban may take from such a write to its note.
const READS_WITHIN: i64 = 30_000;

/// A log to which nothing was written for so long is silent.
const SILENT: i64 = 24 * 3_600_000;

/// Where nothing matched for so long, the filter may not fit.
const NO_MATCH: i64 = 7 * 24 * 3_600_000;

/// How the reading of a log comes on. Times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Progress {
    note: LogPosition,
    /// Since when this note is known.
    since: Timestamp,
    /// The size of the file when the note was first seen.
    size: u64,
    /// A moment by which the file had been written to, although the note was old enough to be followed by another.
    overdue: Option<Timestamp>,
}

impl Progress {
    pub(super) fn new(note: &LogPosition, file: &LogFile, now: Timestamp) -> Self {
        Self {
            note: note.clone(),
            since: now,
            size: file.size,
            overdue: None,
        }
    }

    /// What the note and the file of now say.
    pub(super) fn alarm(
        &mut self,
        note: &LogPosition,
        file: &LogFile,
        now: Timestamp,
    ) -> Option<JailAlarm> {
        if self.note != *note {
            *self = Self::new(note, file, now);
            return None;
        }
        let other_file = match (&note.first_line_hash, &file.first_line_hash) {
            // Only SHA-1 is compared; the first versions had MD5.
            (Some(noted), Some(found)) => noted.len() == found.len() && noted != found,
            _ => false,
        };
        if note.position == Some(file.size) && !other_file {
            return None;
        }
        if self.overdue.is_none()
            && file.size != self.size
            && file.written_at.millis_since(self.since) >= NOTES_APART
        {
            self.overdue = Some(file.written_at.min(now));
        }
        let late = now.millis_since(self.overdue?) >= READS_WITHIN;
        late.then_some(if other_file {
            JailAlarm::LogRotatedAway
        } else {
            JailAlarm::LogNotRead
        })
    }
}

/// fail2ban complains of the times in a jail's log once a day, as long as there is reason to.
const COMPLAINS_WITHIN: i64 = 25 * 3_600_000;

/// Whether a complaint of then is still true, as far as silence since tells.
pub(super) fn is_odd_still(at: Timestamp, now: Timestamp) -> bool {
    now.millis_since(at) < COMPLAINS_WITHIN
}

/// Of a source that is written to, where a line last matched (or since when this agent listens); `None` where that would not be heard.
fn nothing_matches(last: Option<Timestamp>, now: Timestamp) -> Option<JailAlarm> {
    (now.millis_since(last?) >= NO_MATCH).then_some(JailAlarm::NothingMatches)
}

/// Of a journal, whose last entry for the jail that was read is of that time.
pub(super) fn of_journal(
    read: Timestamp,
    last: Option<Timestamp>,
    now: Timestamp,
) -> Option<JailAlarm> {
    if now.millis_since(read) >= SILENT {
        return Some(JailAlarm::LogSilent);
    }
    nothing_matches(last, now)
}

/// Of all files of a jail, as far as they can be seen.
pub(super) fn of_files(
    logs: &[LogHealth],
    last: Option<Timestamp>,
    now: Timestamp,
) -> Option<JailAlarm> {
    let written = logs.iter().filter_map(|log| log.written_at).max()?;
    if now.millis_since(written) >= SILENT {
        return Some(JailAlarm::LogSilent);
    }
    nothing_matches(last, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + seconds * SECOND)
    }

    fn note(position: u64, hash: &str) -> LogPosition {
        LogPosition {
            jail: "sshd".into(),
            path: "/var/log/auth.log".into(),
            first_line_hash: Some(hash.into()),
            position: Some(position),
        }
    }

    fn file(size: u64, written: i64, hash: &str) -> LogFile {
        LogFile {
            written_at: at(written),
            size,
            first_line_hash: Some(hash.into()),
        }
    }

    /// The alarms of a note that stays, over looks at (now, size, written).
    fn looks(hash: &str, looks: &[(i64, u64, i64)]) -> Vec<Option<JailAlarm>> {
        let noted = note(100, "aa");
        let (now, size, written) = looks[0];
        let mut progress = Progress::new(&noted, &file(size, written, hash), at(now));
        looks
            .iter()
            .map(|(now, size, written)| {
                progress.alarm(&noted, &file(*size, *written, hash), at(*now))
            })
            .collect()
    }

    #[test]
    fn note_that_lags_behind_a_log_at_rest_is_no_alarm() {
        assert_eq!(
            looks("aa", &[(0, 500, 0), (60, 500, 0), (9_000, 500, 0)]),
            [None; 3]
        );
    }

    #[test]
    fn note_that_lags_after_a_burst_is_no_alarm() {
        // Everything was written within ten seconds of the note, which is made once in ten seconds.
        assert_eq!(
            looks("aa", &[(0, 100, 0), (9, 500, 9), (9_000, 500, 9)]),
            [None; 3]
        );
    }

    #[test]
    fn note_that_stays_while_the_log_grows_is_an_alarm() {
        let alarm = Some(JailAlarm::LogNotRead);
        assert_eq!(
            looks(
                "aa",
                &[(0, 500, 0), (20, 600, 20), (49, 900, 49), (50, 900, 50)]
            ),
            [None, None, None, alarm]
        );
        assert_eq!(looks("aa", &[(0, 500, 0), (600, 600, 20)]), [None, alarm]);
        let away = Some(JailAlarm::LogRotatedAway);
        assert_eq!(looks("bb", &[(0, 500, 0), (600, 600, 20)]), [None, away]);
    }

    #[test]
    fn note_that_moves_ends_the_alarm() {
        let mut progress = Progress::new(&note(100, "aa"), &file(500, 0, "aa"), at(0));
        let grown = file(600, 20, "aa");
        assert!(progress.alarm(&note(100, "aa"), &grown, at(600)).is_some());
        assert_eq!(progress.alarm(&note(600, "aa"), &grown, at(601)), None);
        assert_eq!(progress.alarm(&note(600, "aa"), &grown, at(9_000)), None);
    }

    #[test]
    fn hash_of_another_kind_is_not_compared() {
        let mut progress = Progress::new(&note(100, "aabb"), &file(500, 0, "aa"), at(0));
        let alarm = progress.alarm(&note(100, "aabb"), &file(600, 20, "aa"), at(600));
        assert_eq!(alarm, Some(JailAlarm::LogNotRead));
    }

    #[test]
    fn silence_and_missing_matches_are_told_after_their_time() {
        let day = 86_400;
        let log = |written: i64| LogHealth {
            path: "/var/log/auth.log".into(),
            written_at: Some(at(written)),
            size: Some(1),
            read_to: None,
        };
        assert_eq!(of_files(&[log(0), log(-5)], Some(at(0)), at(day - 1)), None);
        let silent = Some(JailAlarm::LogSilent);
        assert_eq!(of_files(&[log(0), log(-5)], Some(at(0)), at(day)), silent);
        let lively = [log(7 * day - 9)];
        assert_eq!(of_files(&lively, Some(at(0)), at(7 * day - 1)), None);
        let nothing = Some(JailAlarm::NothingMatches);
        assert_eq!(of_files(&lively, Some(at(0)), at(7 * day)), nothing);
        assert_eq!(of_files(&lively, Some(at(day)), at(7 * day)), None);
        // Where no match would be heard, none is no alarm.
        assert_eq!(
            of_files(&lively, None, at(70 * day)),
            Some(JailAlarm::LogSilent)
        );
        assert_eq!(of_files(&lively, None, at(7 * day)), None);
    }

    #[test]
    fn journal_is_silent_or_without_matches_by_the_last_entry_that_was_read() {
        let day = 86_400;
        assert_eq!(of_journal(at(0), Some(at(0)), at(day - 1)), None);
        let silent = Some(JailAlarm::LogSilent);
        assert_eq!(of_journal(at(0), Some(at(0)), at(day)), silent);
        let nothing = Some(JailAlarm::NothingMatches);
        assert_eq!(of_journal(at(7 * day), Some(at(0)), at(7 * day)), nothing);
        assert_eq!(of_journal(at(7 * day), None, at(7 * day)), None);
    }

    #[test]
    fn complaint_about_the_clock_that_is_not_repeated_for_a_day_is_over() {
        let hour = 3_600;
        assert!(is_odd_still(at(0), at(24 * hour + 60)));
        assert!(!is_odd_still(at(0), at(25 * hour)));
    }
}
