//! Reads the sources and feeds the machine. Everything here blocks.
use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use domain::{HearCursor, HeardBatch, JailName, MAX_EVENTS_PER_BATCH, Timestamp};
use fail2ban::database::{BanRow, Database, DatabaseError, Mark};
use jiff::tz::TimeZone;

use super::{
    cursor::{Cursor, LogCursor},
    facts::{Answer, Key, LogFact, LogState, Now, Order, Place, RowFact},
    last_seen::LastSeen,
    lines,
    local::{LogTimes, zone_of},
    machine::{Listing, Machine},
    sources::Sources,
    tail::{Read, Resume, Tail},
};

/// Lines between two looks at the database.
const LINES: usize = 500;

/// With so many events or counts ready, a batch is made of them.
const ENOUGH: usize = 400;

/// Rows of one answer of the database. It holds a lock of the file while it answers, which the daemon must not wait for: a few milliseconds.
const ROWS: usize = 250;

/// How far rows are read ahead of the lines that belong to them.
const AHEAD_MILLIS: i64 = 60_000;

/// How long one round may take before what is ready is told.
const ROUND: Duration = Duration::from_millis(200);

/// All that hearing needs from one question to the next.
#[derive(Debug)]
pub(crate) struct Ears {
    machine: Machine,
    seen: Arc<LastSeen>,
    log: Option<Log>,
    rows: Option<RowSource>,
    /// As it was resumed from: what is not replaced by something newer is kept.
    cursor: Cursor,
}

#[derive(Debug)]
struct Log {
    tail: Tail,
    times: LogTimes,
    /// From where lines were not heard before; `None` where that place is lost, then the time decides.
    new_from: Option<Place>,
    last_millis: Option<i64>,
    /// The process whose zone is used.
    process: Option<u32>,
    state: LogState,
    /// Told once that it cannot be read.
    complained: bool,
}

#[derive(Debug)]
struct RowSource {
    path: std::path::PathBuf,
    open: Option<Database>,
    mark: Mark,
    /// For each answer the mark before it.
    pages: BTreeMap<u64, Mark>,
    next_page: u64,
    at_end: bool,
    /// Rows up to this time may have been told before.
    again_until: Option<Timestamp>,
    complained: bool,
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
    pub(crate) fn resume(cursor: Option<&HearCursor>, seen: Arc<LastSeen>) -> Self {
        let cursor = Cursor::read(cursor);
        let mut ears = Self {
            machine: Machine::resume(cursor.known, cursor.stopping),
            seen,
            log: None,
            rows: None,
            cursor,
        };
        // While the daemon is down nobody says where its files are.
        let known = Sources {
            log: ears.cursor.log.as_ref().map(|log| log.path.clone()),
            database: ears.cursor.database.clone(),
        };
        ears.set_sources(&known);
        ears
    }

    /// Uses these files from now on.
    fn set_sources(&mut self, sources: &Sources) {
        let log = self.log.as_ref().map(|log| log.tail.path());
        if log != sources.log.as_deref() {
            self.log = sources.log.as_deref().map(|path| self.open_log(path));
        }
        let database = self.rows.as_ref().map(|rows| rows.path.as_path());
        if database != sources.database.as_deref() {
            self.rows = sources.database.as_ref().map(|path| RowSource {
                path: path.clone(),
                open: None,
                mark: self.cursor.mark.clone(),
                pages: BTreeMap::new(),
                next_page: 0,
                at_end: false,
                again_until: None,
                complained: false,
            });
        }
    }

    /// The files in use.
    pub(crate) fn sources(&self) -> Sources {
        Sources {
            log: self.log.as_ref().map(|log| log.tail.path().to_owned()),
            database: self.rows.as_ref().map(|rows| rows.path.clone()),
        }
    }

    fn open_log(&self, path: &Path) -> Log {
        let before = self.cursor.log.as_ref().filter(|log| log.path == path);
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
        Log {
            tail,
            times: LogTimes::new(zone.unwrap_or_else(|| zone_of(None)), after),
            new_from,
            last_millis: last.map(Timestamp::as_millis),
            process: None,
            state: LogState::Absent,
            complained: false,
        }
    }

    /// Reads what there is, until enough is ready or all is read; whether there is more to read at once.
    pub(crate) fn round(&mut self, round: Round) -> bool {
        let began = std::time::Instant::now();
        if let Some(sources) = &round.sources {
            self.set_sources(sources);
        }
        for (order, at) in round.orders {
            self.machine.order(order, at);
        }
        loop {
            self.read_lines(round.elapsed + began.elapsed());
            self.read_rows(round.elapsed + began.elapsed());
            let now = self.now(round.clock, round.elapsed + began.elapsed());
            self.machine.settle(now);
            if self.answer() {
                self.machine.settle(now);
            }
            let (events, failures) = self.machine.ready();
            let behind = now.log == LogState::Behind
                || (now.database && !now.rows_at_end && self.machine.can_take_rows());
            if !behind {
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
            log: self.log.as_ref().map_or(LogState::Absent, |log| log.state),
            database: self.rows.as_ref().is_some_and(|rows| rows.open.is_some()),
            rows_at_end: self.rows.as_ref().is_none_or(|rows| rows.at_end),
        }
    }

    fn read_lines(&mut self, elapsed: Duration) {
        let Some(log) = &mut self.log else {
            return;
        };
        for _ in 0..LINES {
            let (events, failures) = self.machine.ready();
            if events.max(failures) >= ENOUGH {
                log.state = LogState::Behind;
                return;
            }
            match log.next() {
                Next::Fact(line, fact) => {
                    note(&self.seen, line.at, &fact);
                    self.machine.log(line, fact, elapsed);
                }
                Next::Nothing => {}
                Next::End(state) => {
                    log.state = state;
                    return;
                }
            }
        }
        log.state = LogState::Behind;
    }

    fn read_rows(&mut self, elapsed: Duration) {
        let Some(rows) = &mut self.rows else {
            return;
        };
        rows.at_end = false;
        let log_is_behind = self
            .log
            .as_ref()
            .is_some_and(|log| log.state == LogState::Behind);
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

    /// Whether a ban waits for its row, which comes within milliseconds.
    pub(crate) fn wants_rows(&self) -> bool {
        self.machine.wants_rows()
    }

    /// Takes what is ready.
    pub(crate) fn batch(&mut self, behind: bool) -> HeardBatch {
        let (told, failures) = self.machine.take(MAX_EVENTS_PER_BATCH);
        let cursor = self.make_cursor();
        self.cursor = cursor.clone();
        HeardBatch {
            events: told.into_iter().map(|told| told.event).collect(),
            failures,
            cursor: cursor.write(),
            more: behind || self.has_news(),
        }
    }

    fn make_cursor(&mut self) -> Cursor {
        let oldest_page = self.machine.oldest_page();
        let (mark, database) = match &mut self.rows {
            Some(rows) => (rows.mark_at(oldest_page), Some(rows.path.clone())),
            None => (self.cursor.mark.clone(), None),
        };
        self.machine
            .pages_told_before(oldest_page.unwrap_or(u64::MAX));
        let from = self.machine.oldest_place();
        Cursor {
            version: 0,
            log: match &mut self.log {
                Some(log) => Some(log.cursor(from, self.cursor.log.as_ref())),
                None => self.cursor.log.clone(),
            },
            database,
            mark,
            known: self.machine.known_until(),
            stopping: self.machine.is_stopping(),
        }
    }
}

enum Next {
    Fact(super::facts::Line, LogFact),
    /// A line that tells nothing here.
    Nothing,
    End(LogState),
}

impl Log {
    fn next(&mut self) -> Next {
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

    fn cursor(&mut self, from: Option<Place>, before: Option<&LogCursor>) -> LogCursor {
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

impl RowSource {
    /// The next rows, and the number of the answer; `None` when there are none now.
    fn read(&mut self, known: Option<Timestamp>) -> Option<(u64, Vec<RowFact>)> {
        match self.try_read(known) {
            Ok(read) => {
                self.complained = false;
                Some(read)
            }
            Err(error) => {
                self.at_end = true;
                // The connection is opened anew where that can help.
                if !matches!(error, DatabaseError::Locked) {
                    self.open = None;
                }
                if !std::mem::replace(&mut self.complained, true) {
                    tracing::warn!(database.path = %self.path.display(), %error, "fail2ban's database cannot be read; its log and its socket are used alone");
                }
                None
            }
        }
    }

    fn try_read(&mut self, known: Option<Timestamp>) -> Result<(u64, Vec<RowFact>), DatabaseError> {
        let database = match &self.open {
            Some(open) => open,
            None => self.open.insert(Database::open(&self.path)?),
        };
        let rows = database.bans_after(&self.mark, ROWS)?;
        if rows.again && self.again_until.is_none() {
            self.again_until = known;
        }
        self.at_end = !rows.more;
        let page = self.next_page;
        if rows.next != self.mark {
            let before = std::mem::replace(&mut self.mark, rows.next);
            self.pages.insert(page, before);
            self.next_page += 1;
        }
        Ok((page, rows.rows.into_iter().filter_map(fact).collect()))
    }

    fn newest(&mut self, key: &Key) -> Answer {
        let subject = crate::convert::subject(&key.subject);
        let Some(database) = &self.open else {
            return Answer::NoDatabase;
        };
        match database.newest_ban(key.jail.as_str(), &subject) {
            Ok(None) => Answer::Deleted,
            Ok(Some(row)) => Answer::There {
                began: moment(row.time_of_ban),
                seconds: seconds(row.bantime),
            },
            Err(error) => {
                tracing::debug!(%error, "the database did not say why a ban ended");
                Answer::NoDatabase
            }
        }
    }

    /// The mark up to which all rows are told; forgets those before.
    fn mark_at(&mut self, oldest: Option<u64>) -> Mark {
        match oldest {
            Some(page) => self.pages = self.pages.split_off(&page),
            None => self.pages.clear(),
        }
        let first = self.pages.first_key_value();
        first.map_or_else(|| self.mark.clone(), |(_, mark)| mark.clone())
    }
}

fn fact(row: BanRow) -> Option<RowFact> {
    Some(RowFact {
        key: lines::key(&row.jail, row.id)?,
        began: moment(row.time_of_ban),
        seconds: seconds(row.bantime),
        count: Some(row.ban_count),
        failures: row.failures,
        lines: row.matches,
    })
}

const fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_millis(0).plus_seconds(seconds)
}

/// -2 is what versions before 0.11 left: not known.
const fn seconds(bantime: i64) -> Option<i64> {
    match bantime {
        -2 => None,
        seconds => Some(seconds),
    }
}

fn note(seen: &LastSeen, line: Timestamp, fact: &LogFact) {
    match fact {
        LogFact::Failure { key, at } => seen.failure(&key.jail, *at, line),
        LogFact::Ban(key) => seen.ban(&key.jail, line),
        _ => {}
    }
}

fn note_row(seen: &LastSeen, row: &RowFact) {
    let jail: &JailName = &row.key.jail;
    seen.ban(jail, row.began);
}
