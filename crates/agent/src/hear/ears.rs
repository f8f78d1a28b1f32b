//! Reads the sources and feeds the machine. Everything here blocks.
mod journal;
mod log;
mod reader;
mod rows;

use std::{path::Path, sync::Arc, time::Duration};

use domain::{HearCursor, HeardBatch, JailName, MAX_EVENTS_PER_BATCH, Timestamp};

pub(crate) use self::journal::Entry as JournalEntry;
pub use self::journal::JournalConfig;
use self::{log::Next, reader::Reader, rows::RowSource};
use super::{
    cursor::Cursor,
    facts::{Answer, Line, LogFact, LogState, Now, Order, RowFact},
    last_seen::LastSeen,
    machine::{Listing, Machine},
    sources::{LogPlace, Sources},
};

/// Lines between two looks at the database.
const LINES: usize = 500;

/// With so many events or counts ready, a batch is made of them.
const ENOUGH: usize = 400;

/// How far rows are read ahead of the lines that belong to them.
const AHEAD_MILLIS: i64 = 60_000;

/// How long one round may take before what is ready is told.
const ROUND: Duration = Duration::from_millis(200);

/// All that hearing needs from one question to the next.
#[derive(Debug)]
pub(crate) struct Ears {
    machine: Machine,
    seen: Arc<LastSeen>,
    log: Option<Reader>,
    journal: JournalConfig,
    rows: Option<RowSource>,
    /// Whether the daemon logs failures, as it says; `None` where it was not asked.
    logs_failures: Option<bool>,
    /// As it was resumed from: what is not replaced by something newer is kept.
    cursor: Cursor,
}

/// What goes into a round.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    pub(crate) elapsed: Duration,
    pub(crate) clock: Timestamp,
    /// The files, where the daemon was asked.
    pub(crate) sources: Option<Sources>,
    pub(crate) listing: Option<Listing>,
    pub(crate) orders: Vec<(Order, Timestamp)>,
}

impl Ears {
    /// Goes on at a cursor.
    pub(crate) fn resume(
        cursor: Option<&HearCursor>,
        seen: Arc<LastSeen>,
        journal: JournalConfig,
        now: Timestamp,
    ) -> Self {
        let cursor = Cursor::read(cursor);
        seen.resume(&cursor.odd_times, cursor.unheard, now);
        let mut ears = Self {
            machine: Machine::resume(cursor.known, cursor.log_memory()),
            seen,
            log: None,
            journal,
            rows: None,
            logs_failures: None,
            cursor,
        };
        // While the daemon is down nobody says where its files are.
        let known = Sources {
            log: ears.cursor.log_place(),
            database: ears.cursor.database.clone(),
            logs_failures: None,
        };
        ears.set_sources(&known);
        if let Some(log) = &ears.log {
            log.failures_before(|key, at| ears.machine.failed_before(key, at));
        }
        ears
    }

    /// Uses these files from now on; whether the log is another one.
    fn set_sources(&mut self, sources: &Sources) -> bool {
        let is_other = self.log.as_ref().map(Reader::place) != sources.log;
        if is_other {
            if let Some(log) = &mut self.log {
                log.leave(&mut self.cursor);
            }
            let open = |place: &LogPlace| Reader::open(place, &self.journal, &self.cursor);
            self.log = sources.log.as_ref().map(open);
        }
        let database = self.rows.as_ref().map(|rows| rows.path.as_path());
        if database != sources.database.as_deref() {
            let mark = &self.cursor.mark;
            self.rows = sources
                .database
                .as_deref()
                .map(|path| RowSource::new(path, mark));
        }
        is_other
    }

    /// The files whose changes tell that there is more: of the log and of the database.
    pub(crate) fn watched(&self) -> [Option<&Path>; 2] {
        let log = self.log.as_ref().and_then(Reader::watched);
        [log, self.rows.as_ref().map(|rows| rows.path.as_path())]
    }

    /// Reads what there is, until enough is ready or all is read; whether there is more to read at once.
    pub(crate) fn round(&mut self, round: Round) -> bool {
        let began = std::time::Instant::now();
        // What is left of a log is read before another one is.
        let mut sources = round.sources;
        if let Some(sources) = &sources {
            self.logs_failures = sources.logs_failures;
        }
        if self.log.is_none()
            && let Some(sources) = sources.take()
        {
            self.set_sources(&sources);
        }
        for (order, at) in round.orders {
            self.machine.order(order, at);
        }
        loop {
            self.read_lines(round.elapsed + began.elapsed());
            self.read_rows(round.elapsed + began.elapsed());
            let now = self.now(round.clock, round.elapsed + began.elapsed());
            self.note_listening(now);
            self.machine.settle(now);
            if self.answer() {
                self.machine.settle(now);
            }
            let (events, failures) = self.machine.ready();
            let behind = now.log == LogState::Behind
                || (now.database && !now.rows_at_end && self.machine.can_take_rows());
            if !behind {
                if sources
                    .take()
                    .is_some_and(|sources| self.set_sources(&sources))
                {
                    continue;
                }
                if let Some(listing) = &round.listing {
                    self.machine.listed(listing, now);
                }
                return false;
            }
            if events.max(failures) >= ENOUGH || began.elapsed() > ROUND {
                return true;
            }
        }
    }

    fn now(&self, clock: Timestamp, elapsed: Duration) -> Now {
        Now {
            elapsed,
            clock,
            log: self.log.as_ref().map_or(LogState::Absent, Reader::state),
            database: self.rows.as_ref().is_some_and(|rows| rows.open.is_some()),
            rows_at_end: self.rows.as_ref().is_none_or(|rows| rows.at_end),
        }
    }

    fn note_listening(&mut self, now: Now) {
        if let Some(unread) = self.log.as_mut().and_then(Reader::take_unread) {
            self.seen.unheard_in(unread, now.clock);
        }
        // The lines show only that failures were logged once.
        let logged = self
            .logs_failures
            .unwrap_or_else(|| self.machine.log_memory().logs_failures);
        let told = logged && now.log != LogState::Absent;
        let zone = self.log.as_ref().and_then(Reader::zone_name);
        let behind = now.log == LogState::Behind;
        self.seen.listens(told.then_some(now.clock), behind, zone);
    }

    fn read_lines(&mut self, elapsed: Duration) {
        let Some(log) = &mut self.log else {
            return;
        };
        for _ in 0..LINES {
            let (events, failures) = self.machine.ready();
            if events.max(failures) >= ENOUGH {
                log.set_state(LogState::Behind);
                return;
            }
            match log.next() {
                Next::Fact(line, fact) => {
                    note(&self.seen, line, &fact);
                    self.machine.log(line, fact, elapsed);
                }
                Next::Nothing => {}
                Next::End(state) => {
                    log.set_state(state);
                    return;
                }
            }
        }
        log.set_state(LogState::Behind);
    }

    fn read_rows(&mut self, elapsed: Duration) {
        let Some(rows) = &mut self.rows else {
            return;
        };
        rows.at_end = false;
        let log_is_behind = self
            .log
            .as_ref()
            .is_some_and(|log| log.state() == LogState::Behind);
        let (log_time, known) = (self.machine.log_time(), self.machine.known_until());
        while self.machine.can_take_rows() && self.machine.ready().0 < MAX_EVENTS_PER_BATCH {
            let Some((page, read)) = rows.read(known) else {
                return;
            };
            let mut last = None;
            for row in read {
                let known = rows.again_until.is_some_and(|until| row.began <= until);
                last = last.max(Some(row.began));
                note_row(&self.seen, &row);
                self.machine.row(row, page, known, elapsed);
            }
            if rows.at_end {
                rows.again_until = None;
                return;
            }
            // Far ahead of the lines they would only wait.
            if log_is_behind
                && let (Some(last), Some(log_time)) = (last, log_time)
                && last.millis_since(log_time) > AHEAD_MILLIS
            {
                return;
            }
        }
    }

    /// Asks the database what the machine wants to know; whether anything was asked.
    fn answer(&mut self) -> bool {
        let asks = self.machine.asks();
        for key in &asks {
            let answer = self
                .rows
                .as_mut()
                .map_or(Answer::NoDatabase, |rows| rows.newest(key));
            self.machine.answered(key, answer);
        }
        !asks.is_empty()
    }

    /// Whether there is enough for a batch, or anything at all.
    pub(crate) fn has_news(&self) -> bool {
        let (events, failures) = self.machine.ready();
        events + failures > 0
    }

    /// Whether something has to be decided soon though nothing new may be heard.
    pub(crate) fn wants_time(&self) -> bool {
        self.machine.wants_time()
    }

    /// Whether there is something to read a moment later.
    pub(crate) fn is_put_off(&self) -> bool {
        self.log.as_ref().is_some_and(Reader::is_put_off)
    }

    /// Whether a ban waits for its row, which comes within milliseconds.
    pub(crate) fn wants_rows(&self) -> bool {
        self.machine.wants_rows()
    }

    /// Takes what is ready.
    pub(crate) fn batch(&mut self, behind: bool, now: Timestamp) -> HeardBatch {
        let (told, failures) = self.machine.take(MAX_EVENTS_PER_BATCH);
        let mut cursor = self.make_cursor(now);
        let tells = !told.is_empty() || !failures.is_empty();
        cursor.batches = self.cursor.batches.wrapping_add(u64::from(tells));
        self.cursor = cursor.clone();
        HeardBatch {
            events: told.into_iter().map(|told| told.event).collect(),
            failures,
            cursor: cursor.write(),
            more: behind || self.has_news(),
        }
    }

    fn make_cursor(&mut self, now: Timestamp) -> Cursor {
        let oldest_page = self.machine.oldest_page();
        let (mark, database) = match &mut self.rows {
            Some(rows) => (rows.mark_at(oldest_page), Some(rows.path.clone())),
            None => (self.cursor.mark.clone(), None),
        };
        self.machine
            .pages_told_before(oldest_page.unwrap_or(u64::MAX));
        let from = self.machine.oldest_place();
        let mut cursor = Cursor {
            version: 0,
            log: self.cursor.log.clone(),
            journal: self.cursor.journal.clone(),
            left_logs: self.cursor.left_logs.clone(),
            left_journal: self.cursor.left_journal.clone(),
            database,
            mark,
            known: self.machine.known_until(),
            stopping: self.machine.log_memory().stopping,
            logs_failures: self.machine.log_memory().logs_failures,
            odd_times: self.seen.odd_times(),
            unheard: self.seen.unheard(now),
            batches: self.cursor.batches,
        };
        if let Some(log) = &mut self.log {
            log.note(&mut cursor, from, &self.cursor);
        }
        cursor
    }
}

fn note(seen: &LastSeen, line: Line, fact: &LogFact) {
    match fact {
        LogFact::Failure { key, at } => seen.failure(&key.jail, *at),
        LogFact::Ban(key) => seen.ban(&key.jail, line.at),
        // Read again after a restart: what came after it is known, and must not be undone.
        _ if !line.new => {}
        LogFact::OddTime(jail) => seen.odd_time(jail, line.at),
        LogFact::NotOpened(path) => seen.not_opened(path, line.at),
        LogFact::JailCreated(jail) => seen.jail_made(jail, line.at),
        LogFact::JailStopped(jail) => seen.jail_stopped(jail),
        LogFact::Started => seen.started(),
        _ => {}
    }
}

fn note_row(seen: &LastSeen, row: &RowFact) {
    let jail: &JailName = &row.key.jail;
    seen.ban(jail, row.began);
}

#[cfg(test)]
mod tests;
