//! The journal, where fail2ban logs to it: directly, through syslog, or by its standard output.
mod entry;
mod program;

use std::{collections::VecDeque, path::PathBuf, time::Instant};

use domain::Timestamp;

pub(crate) use self::entry::Entry;
use self::program::{Begin, Entries};
use super::log::Next;
use crate::hear::{
    JOURNAL_PAUSE,
    cursor::JournalCursor,
    facts::{LogState, Place},
    lines,
    local::{LogTimes, zone_of},
};

pub use self::program::JournalConfig;

/// The only file of this source: places are entries by their number.
const FILE: u32 = 1;

/// Reads fail2ban's entries, each once and in their order.
///
/// The journal says the time, the process and the user of each entry itself, so that nobody else's entry can pass for one of fail2ban's.
#[derive(Debug)]
pub(super) struct Journal {
    config: JournalConfig,
    /// A reading that is under way.
    entries: Option<Entries>,
    times: LogTimes,
    process: Option<u32>,
    /// The newest entry that was told before, until it is passed.
    told: Option<String>,
    told_at: Option<Timestamp>,
    /// Where the next reading begins.
    begin: Begin,
    /// The entries that are still needed to say a place: number and name.
    known: VecDeque<(u64, String)>,
    next: u64,
    /// As the journal's files were when they were read to their end.
    read_to: Option<program::Mark>,
    began: Option<Instant>,
    put_off: bool,
    /// The file that is written to.
    pub(super) newest: Option<PathBuf>,
    last: Option<Timestamp>,
    pub(super) state: LogState,
    complained: bool,
}

impl Journal {
    /// Opens the journal where it was left.
    pub(super) fn open(config: JournalConfig, before: Option<&JournalCursor>) -> Self {
        let begin = match before {
            None => Begin::First,
            Some(JournalCursor {
                from: Some(from), ..
            }) => Begin::At(from.clone()),
            Some(before) => Begin::After(before.told.clone()),
        };
        Self {
            config,
            entries: None,
            times: LogTimes::new(zone_of(None), None),
            process: None,
            // From behind what was told everything is new.
            told: before
                .filter(|before| before.from.is_some())
                .map(|before| before.told.clone()),
            told_at: before.and_then(|before| before.last),
            begin,
            known: VecDeque::new(),
            next: 0,
            read_to: None,
            began: None,
            put_off: false,
            newest: None,
            last: before.and_then(|before| before.last),
            state: LogState::Absent,
            complained: false,
        }
    }

    /// The next entry.
    pub(super) fn next(&mut self) -> Next {
        if self.entries.is_none()
            && let Some(state) = self.begin_reading()
        {
            return Next::End(state);
        }
        match self.entries.as_mut().map(Entries::next) {
            Some(Ok(Some(line))) => match Entry::parse(&line) {
                Some(entry) => self.take(entry),
                None => Next::Nothing,
            },
            Some(Ok(None)) | None => {
                self.entries = None;
                Next::End(LogState::AtEnd)
            }
            Some(Err(error)) => {
                self.entries = None;
                self.complain(&error);
                Next::End(LogState::Absent)
            }
        }
    }

    /// Begins to read, or says why not: a reading costs a process, so the files are looked at first.
    fn begin_reading(&mut self) -> Option<LogState> {
        let Some(mark) = program::mark(&self.config) else {
            return Some(LogState::Absent);
        };
        let same = self.read_to.as_ref() == Some(&mark);
        self.put_off = !same && self.began.is_some_and(|at| at.elapsed() < JOURNAL_PAUSE);
        if same || self.put_off {
            return Some(LogState::AtEnd);
        }
        match Entries::begin(&self.config, &self.begin) {
            Ok(entries) => {
                self.entries = Some(entries);
                self.read_to = Some(mark);
                self.newest = program::newest_file(&self.config);
                self.began = Some(Instant::now());
                self.complained = false;
                None
            }
            Err(error) => {
                self.complain(&error);
                Some(LogState::Absent)
            }
        }
    }

    /// Whether something was written that is read a moment later.
    pub(super) const fn is_put_off(&self) -> bool {
        self.put_off
    }

    pub(super) fn zone_name(&self) -> Option<String> {
        self.times.zone_name()
    }

    fn complain(&mut self, error: &std::io::Error) {
        self.read_to = None;
        if !std::mem::replace(&mut self.complained, true) {
            tracing::warn!(%error, "the journal cannot be read; fail2ban's database and its socket are used alone");
        }
    }

    fn take(&mut self, entry: Entry) -> Next {
        let place = Place {
            file: FILE,
            byte: self.next,
        };
        self.next += 1;
        let new = self.is_new(&entry);
        self.begin = Begin::After(entry.cursor.clone());
        self.known.push_back((place.byte, entry.cursor));
        self.last = self.last.max(Some(entry.at));
        if entry.pid.is_some() && entry.pid != self.process {
            self.process = entry.pid;
            self.times.set_zone(zone_of(entry.pid));
        }
        let fact = lines::read_entry(&entry.logger, &entry.message, entry.at, &self.times);
        match fact {
            Some(fact) => Next::Fact(lines::line(entry.at, place, new), fact),
            None => Next::Nothing,
        }
    }

    /// What is read again comes before the entry that was told last; where that one is gone, the time decides.
    fn is_new(&mut self, entry: &Entry) -> bool {
        let Some(told) = &self.told else {
            return true;
        };
        if *told == entry.cursor {
            self.told = None;
            return false;
        }
        if self.told_at.is_some_and(|told_at| entry.at > told_at) {
            self.told = None;
            return true;
        }
        false
    }

    /// How far it was read; `from` is where something is not told yet.
    pub(super) fn cursor(
        &mut self,
        from: Option<Place>,
        before: Option<&JournalCursor>,
    ) -> Option<JournalCursor> {
        if let Some(from) = from {
            while self.known.len() > 1
                && self
                    .known
                    .front()
                    .is_some_and(|(number, _)| *number < from.byte)
            {
                self.known.pop_front();
            }
        } else {
            self.known.drain(..self.known.len().saturating_sub(1));
        }
        let newest = self.known.back().map(|(_, cursor)| cursor.clone());
        let oldest = self.known.front().map(|(_, cursor)| cursor.clone());
        let told = match (&self.told, newest) {
            // Not even all that was told before is read again.
            (Some(told), _) => told.clone(),
            (None, Some(newest)) => newest,
            (None, None) => return before.cloned(),
        };
        Some(JournalCursor {
            from: oldest.filter(|_| from.is_some()),
            told,
            last: self.last,
        })
    }
}
