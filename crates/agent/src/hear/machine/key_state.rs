//! What is known of one subject in one jail.
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use domain::{BanEnd, BanSubject, EventKind, HeardEvent, Origin, Timestamp};

use crate::hear::facts::{Answer, Key, Place, RowFact};

/// A subject in a jail. There are as many as bans are in force, so it is kept small.
#[derive(Debug, Default)]
pub(super) struct KeyState {
    /// The ban that is in force.
    pub(super) open: Option<Open>,
    /// What the log told and is not decided.
    pub(super) queue: VecDeque<Step>,
    /// The last end that was told.
    pub(super) closed: Option<Timestamp>,
    /// The ban that a stop ended: a start puts it in force again.
    pub(super) flushed: Option<Box<Open>>,
    /// The beginning of a ban that was told by its row alone.
    pub(super) row_told: Option<Timestamp>,
}

impl KeyState {
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_none()
            && self.queue.is_empty()
            && self.closed.is_none()
            && self.flushed.is_none()
            && self.row_told.is_none()
    }

    /// Gives a row to the ban that waits for it; answers its place.
    pub(super) fn give(&mut self, fact: &RowFact, page: u64) -> Option<Place> {
        let waits = |step: &&mut Step| matches!(step.kind, StepKind::Ban { row: None, .. });
        let fits = |step: &&mut Step| waits(step) && super::may_be_of(fact.began, step.at);
        let step = self.queue.iter_mut().find(fits)?;
        if let StepKind::Ban { row, .. } = &mut step.kind {
            *row = Some(Box::new(PagedRow {
                fact: fact.clone(),
                page,
            }));
        }
        Some(step.place)
    }
}

/// A jail with room for fewer subjects than this keeps it.
const KEPT_ROOM: usize = 5_000;

/// Gives back what only a flood needed.
pub(super) fn give_back(jail: &mut HashMap<BanSubject, KeyState>) {
    if jail.capacity() > KEPT_ROOM && jail.len() < jail.capacity() / 4 {
        jail.shrink_to(jail.capacity() / 2);
    }
}

/// A ban in force.
#[derive(Debug, Clone)]
pub(super) struct Open {
    /// When it began, as it was told.
    pub(super) at: Timestamp,
    /// When it began by the database and the socket: whole seconds, the time of the last failure.
    pub(super) began: Option<Timestamp>,
    pub(super) end: BanEnd,
    pub(super) seconds: Option<i64>,
    pub(super) origin: Origin,
    /// Told with all that the database knows.
    pub(super) full: bool,
}

impl Open {
    pub(super) const fn new(at: Timestamp, origin: Origin) -> Self {
        Self {
            at,
            began: None,
            end: BanEnd::Unknown,
            seconds: None,
            origin,
            full: false,
        }
    }

    pub(super) fn set_end(&mut self, seconds: i64) {
        self.seconds = Some(seconds);
        self.end = if seconds < 0 {
            BanEnd::Never
        } else {
            BanEnd::At(self.began.unwrap_or(self.at).plus_seconds(seconds))
        };
    }

    /// Takes over what a row knows.
    pub(super) fn enrich(&mut self, row: &RowFact) {
        self.began = Some(row.began);
        self.full = true;
        if let Some(seconds) = row.seconds {
            self.set_end(seconds);
        }
    }

    /// Whether a row is of this ban, which was told without one.
    pub(super) fn takes(&self, row: &RowFact) -> bool {
        !self.full && super::is_same_ban(self.at, row.began)
    }

    pub(super) fn event(&self, key: &Key, kind: EventKind) -> HeardEvent {
        HeardEvent {
            at: self.at,
            kind,
            jail: key.jail.clone(),
            subject: key.subject.clone(),
            origin: self.origin,
            actor: None,
            cause: None,
            bantime_seconds: self.seconds,
            failures: None,
            ban_count: None,
            lines: Vec::new(),
        }
    }
}

/// Something that the log told of a subject.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) at: Timestamp,
    pub(super) place: Place,
    /// When it was heard.
    pub(super) since: Duration,
    pub(super) kind: StepKind,
}

impl Step {
    pub(super) fn page(&self) -> Option<u64> {
        match &self.kind {
            StepKind::Ban { row: Some(row), .. } => Some(row.page),
            _ => None,
        }
    }
}

/// What stops around an unban.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stop {
    None,
    /// Its jail stopped soon after it.
    Jail,
    /// The daemon was stopping, which takes no orders then, or the line itself says that the jail stops.
    Daemon,
}

#[derive(Debug)]
pub(super) enum StepKind {
    Ban {
        row: Option<Box<PagedRow>>,
        count: Option<u32>,
        seconds: Option<i64>,
    },
    Restored,
    Unban {
        stop: Stop,
        /// When the database was asked.
        asked: Option<Duration>,
        answer: Option<Answer>,
    },
}

/// A row and the number of the answer that it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PagedRow {
    pub(super) fact: RowFact,
    pub(super) page: u64,
}

impl RowFact {
    /// An order by hand has no failures and no lines.
    pub(super) const fn origin(&self) -> Origin {
        match self.failures {
            Some(0) if self.lines.is_empty() => Origin::Manual,
            _ => Origin::Detected,
        }
    }
}
