//! Whether fail2ban's complaint that it cannot open a log still holds.
//!
//! It complains whenever it tries, which is with each write, and says nothing when it could. It complains also of a log that is not there for the moment of a rotation. So a complaint
//! ends with anything that shows that the log was opened since, and in any case when it is not repeated.
use domain::Timestamp;
use fail2ban::database::LogPosition;

/// So long after a write fail2ban has tried, and what it said of it has been heard.
const TRIES_WITHIN: i64 = 10_000;

/// A log to which nothing is written for so long is not missed meanwhile, and the next write brings the complaint again. The logs of a system have at least an hourly line.
const HOLDS_FOR: i64 = 2 * 3_600_000;

/// A complaint.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) at: Timestamp,
    /// How far the log had been read by then, as far as is known.
    note: Option<LogPosition>,
    /// At a look there had been no write since.
    rested: bool,
    /// The first write since that was seen.
    write: Option<Timestamp>,
}

/// What may have come after a complaint.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Since<'a> {
    /// How far the log was read.
    pub(super) note: Option<&'a LogPosition>,
    /// When the log was last written to, where that can be seen.
    pub(super) written_at: Option<Timestamp>,
    /// When a line of this log last matched.
    pub(super) failure_at: Option<Timestamp>,
}

impl Complaint {
    /// A complaint that has just been noticed.
    pub(super) fn new(at: Timestamp, note: Option<&LogPosition>) -> Self {
        Self {
            at,
            note: note.cloned(),
            rested: false,
            write: None,
        }
    }

    /// Whether it does not hold any more.
    pub(super) fn is_over(&mut self, since: Since<'_>, now: Timestamp) -> bool {
        let read_on = matches!((&self.note, since.note), (Some(then), Some(note)) if then != note);
        let matched = since.failure_at.is_some_and(|at| at > self.at);
        let tried = self.was_tried(since.written_at, now);
        read_on || matched || tried || now.millis_since(self.at).abs() >= HOLDS_FOR
    }

    /// Whether fail2ban must have tried again.
    fn was_tried(&mut self, written_at: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(last) = written_at.filter(|written| *written > self.at) else {
            self.rested = true;
            return false;
        };
        let first = *self.write.get_or_insert(last);
        // The last write of a busy log has not been tried yet, but one shortly after the complaint has; unless this is the first one since.
        let ago = if self.rested { first } else { self.at };
        let waited = now.millis_since(first).max(last.millis_since(ago));
        waited >= TRIES_WITHIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000).plus_seconds(seconds)
    }

    fn note(position: u64) -> LogPosition {
        LogPosition {
            jail: "sshd".into(),
            path: "/var/log/auth.log".into(),
            first_line_hash: Some("aa".into()),
            position: Some(position),
        }
    }

    /// Whether a complaint of second 0 is over.
    fn is_over(since: Since<'_>, now: i64) -> bool {
        Complaint::new(at(0), Some(&note(100))).is_over(since, at(now))
    }

    fn written(seconds: i64) -> Since<'static> {
        Since {
            written_at: Some(at(seconds)),
            ..Since::default()
        }
    }

    #[test]
    fn complaint_holds_while_nothing_came_after_it_and_not_for_ever() {
        for since in [Since::default(), written(-60), written(0)] {
            assert!(!is_over(since, 0), "{since:?}");
            assert!(!is_over(since, 7_199), "{since:?}");
            assert!(is_over(since, 7_200), "{since:?}");
        }
        // A clock that was put back.
        assert!(is_over(Since::default(), -7_200));
    }

    #[test]
    fn complaint_holds_while_the_last_write_may_not_have_been_tried_yet() {
        assert!(!is_over(written(1), 1));
        assert!(!is_over(written(1), 10));
        assert!(is_over(written(1), 11));
        // Written to all the time.
        assert!(!is_over(written(9), 9));
        assert!(is_over(written(10), 10));
    }

    #[test]
    fn complaint_holds_until_the_first_write_after_a_rest_was_tried() {
        let mut complaint = Complaint::new(at(0), None);
        let mut is_over = |write, now| complaint.is_over(written(write), at(now));
        assert!(!is_over(0, 60));
        assert!(!is_over(100, 100));
        assert!(!is_over(109, 109));
        assert!(is_over(110, 110));
    }

    #[test]
    fn complaint_ends_when_the_log_is_read_on() {
        let read = |note| Since {
            note,
            ..Since::default()
        };
        let (same, on) = (note(100), note(101));
        assert!(!is_over(read(Some(&same)), 60));
        assert!(!is_over(read(None), 60));
        assert!(is_over(read(Some(&on)), 60));
        // A position that was not known shows nothing.
        let mut complaint = Complaint::new(at(0), None);
        assert!(!complaint.is_over(read(Some(&on)), at(60)));
    }

    #[test]
    fn complaint_ends_when_a_line_matches_later() {
        let matched = |seconds| Since {
            failure_at: Some(at(seconds)),
            ..Since::default()
        };
        assert!(!is_over(matched(0), 60));
        assert!(is_over(matched(1), 60));
    }
}
