//! The log, line by line, with the times of its lines.
use std::path::Path;

use domain::{TimeRange, Timestamp};
use jiff::tz::TimeZone;

use crate::hear::{
    cursor::LogCursor,
    facts::{Key, Line, LogFact, LogState, Place},
    lines,
    local::{LogTimes, zone_of},
    tail::{Read, Resume, Tail},
};

/// A log that is being read.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) tail: Tail,
    times: LogTimes,
    /// From where lines were not heard before; `None` where that place is lost, then the time decides.
    new_from: Option<Place>,
    last_millis: Option<i64>,
    /// The process whose zone is used.
    process: Option<u32>,
    pub(super) state: LogState,
    /// Told once that it cannot be read.
    complained: bool,
}

/// What reading a log gives.
pub(super) enum Next {
    Fact(Line, LogFact),
    /// A line that tells nothing here.
    Nothing,
    End(LogState),
}

impl Log {
    /// Opens a log where it was left.
    pub(super) fn open(path: &Path, before: Option<&LogCursor>) -> Self {
        let before = before.filter(|log| log.path == path);
        let told = before.and_then(|log| log.told.as_ref());
        let last = before.and_then(|log| log.last);
        let resume = Resume {
            from: before.and_then(|log| log.from.as_ref()).or(told),
            told,
            last_millis: last.map(Timestamp::as_millis),
        };
        let (tail, new_from) = Tail::resume(path, &resume);
        let zone = before
            .and_then(|log| log.zone.as_deref())
            .and_then(|name| TimeZone::get(name).ok());
        // A line that is read again comes before the last one.
        let after = last.filter(|_| before.is_some_and(|log| log.from.is_none()));
        Self {
            tail,
            times: LogTimes::new(zone.unwrap_or_else(|| zone_of(None)), after),
            new_from,
            last_millis: last.map(Timestamp::as_millis),
            process: None,
            state: LogState::Absent,
            complained: false,
        }
    }

    /// The next line.
    pub(super) fn next(&mut self) -> Next {
        let (place, text) = match self.tail.read() {
            Ok(Read::Line { place, text }) => (place, text),
            Ok(Read::End { open: true }) => {
                self.complained = false;
                return Next::End(LogState::AtEnd);
            }
            Ok(Read::End { open: false }) => return Next::End(LogState::Absent),
            Err(error) => {
                if !std::mem::replace(&mut self.complained, true) {
                    tracing::warn!(log.path = %self.tail.path().display(), %error, "fail2ban's log cannot be read; its database and its socket are used alone");
                }
                return Next::End(LogState::Absent);
            }
        };
        let before = self.times.clone();
        let Some(mut heard) = lines::read(text, &mut self.times) else {
            return Next::Nothing;
        };
        let is_new = |at: Timestamp| match self.new_from {
            Some(from) => place >= from,
            None => self.last_millis.is_none_or(|last| at.as_millis() > last),
        };
        let new = is_new(heard.at);
        if new && heard.pid.is_some() && heard.pid != self.process {
            self.process = heard.pid;
            // Another daemon, which may run in another zone.
            let mut times = before;
            times.set_zone(zone_of(heard.pid));
            if let Some(again) = lines::read(text, &mut times) {
                (heard, self.times) = (again, times);
            }
        }
        match heard.fact {
            Some(fact) => Next::Fact(lines::line(heard.at, place, new), fact),
            None => Next::Nothing,
        }
    }

    /// Tells the failures shortly before what is read first.
    pub(super) fn failures_before(&self, mut tell: impl FnMut(Key, Timestamp)) {
        let mut times = self.times.clone();
        for text in self.tail.before_first().split(|byte| *byte == b'\n') {
            let heard = lines::read(text, &mut times);
            if let Some(LogFact::Failure { key, .. }) =
                heard.as_ref().and_then(|of| of.fact.clone())
                && let Some(heard) = heard
            {
                tell(key, heard.at);
            }
        }
    }

    /// A time of which nothing could be read; told once.
    pub(super) fn take_unread(&mut self) -> Option<TimeRange> {
        let unread = self.tail.take_unread()?;
        let unread = TimeRange {
            from: Timestamp::from_millis(unread.from),
            until: Timestamp::from_millis(unread.until),
        };
        tracing::warn!(
            log.path = %self.tail.path().display(), unread.from = %unread.from, unread.until = %unread.until,
            "rotated logs of this time are compressed in a way that BanGUI does not read (gzip it does): what happened then is known only as far as fail2ban's database tells"
        );
        Some(unread)
    }

    pub(super) fn zone_name(&self) -> Option<String> {
        self.times.zone_name()
    }

    /// How far it was read; `from` is where something is not told yet.
    pub(super) fn cursor(&mut self, from: Option<Place>, before: Option<&LogCursor>) -> LogCursor {
        let read_to = self.tail.place();
        let told = match (read_to, self.new_from) {
            // Not even all that was told before is read again.
            (Some(place), Some(new)) if place < new => Some(new),
            (place, _) => place,
        };
        let from = from.or(read_to);
        let position = |place: Option<Place>| place.and_then(|place| self.tail.position(place));
        let before = before.filter(|before| before.path == self.tail.path());
        let cursor = LogCursor {
            path: self.tail.path().to_owned(),
            told: position(told).or_else(|| before.and_then(|before| before.told.clone())),
            from: position(from.filter(|from| Some(*from) != told)),
            last: self
                .times
                .last()
                .or_else(|| before.and_then(|before| before.last)),
            zone: self.times.zone_name(),
        };
        if let Some(from) = from {
            self.tail.forget_before(from);
        }
        cursor
    }
}
