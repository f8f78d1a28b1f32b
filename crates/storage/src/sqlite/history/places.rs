//! Places in the order of a list: time, then key.
use std::collections::BinaryHeap;

use domain::{EventQuery, PageToken, StorageError, TimeRange};

/// An event's place in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) at: i64,
    pub(super) id: i64,
}

impl Place {
    pub(super) fn token(self) -> PageToken {
        PageToken(format!("{}.{}", self.at, self.id))
    }

    fn parse(PageToken(text): &PageToken) -> Option<Self> {
        let (at, id) = text.split_once('.')?;
        let place = Self {
            at: at.parse().ok()?,
            id: id.parse().ok()?,
        };
        // Numbers have spellings that this storage does not write: "+5", "007".
        (place.token().0 == *text).then_some(place)
    }
}

/// The part of the order that is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) from: i64,
    pub(super) until: i64,
    /// Events strictly after this, in the order of the list.
    pub(super) after: Place,
    pub(super) oldest_first: bool,
}

impl Window {
    pub(super) fn of(query: &EventQuery) -> Result<Self, StorageError> {
        let oldest_first = query.oldest_first;
        let end = if oldest_first { i64::MIN } else { i64::MAX };
        let after = match &query.after {
            Some(token) => Place::parse(token).ok_or(StorageError::BadPageToken)?,
            None => Place { at: end, id: end },
        };
        Ok(Self::all(query.filter.range, oldest_first).after(after))
    }

    /// The whole of a range.
    pub(super) fn all(range: Option<TimeRange>, oldest_first: bool) -> Self {
        let end = if oldest_first { i64::MIN } else { i64::MAX };
        Self {
            from: range.map_or(i64::MIN, |range| range.from.as_millis()),
            until: range.map_or(i64::MAX, |range| range.until.as_millis()),
            after: Place { at: end, id: end },
            oldest_first,
        }
    }

    /// From a moment (included) until another (excluded), newest first.
    pub(super) const fn between(from: i64, until: i64) -> Self {
        Self {
            from,
            until,
            after: Place {
                at: i64::MAX,
                id: i64::MAX,
            },
            oldest_first: false,
        }
    }

    /// Whether it is not bounded in time.
    pub(super) const fn is_ever(&self) -> bool {
        self.from == i64::MIN && self.until == i64::MAX
    }

    /// The rest of this behind a place. The range shrinks too, so that indexes that know only the time can begin there.
    pub(super) fn after(self, after: Place) -> Self {
        let mut window = Self { after, ..self };
        if self.oldest_first {
            window.from = window.from.max(after.at);
        } else {
            window.until = window.until.min(after.at.saturating_add(1));
        }
        window
    }

    /// The part of this that is not later in the list than a place: what is after it is not asked for.
    pub(super) fn until_place(self, last: Place) -> Self {
        if self.oldest_first {
            Self {
                until: self.until.min(last.at.saturating_add(1)),
                ..self
            }
        } else {
            Self {
                from: self.from.max(last.at),
                ..self
            }
        }
    }

    pub(super) fn has(&self, place: Place) -> bool {
        place.at >= self.from
            && place.at < self.until
            && if self.oldest_first {
                place > self.after
            } else {
                place < self.after
            }
    }

    /// Smaller comes first in the list.
    pub(super) const fn rank(&self, Place { at, id }: Place) -> (i64, i64) {
        if self.oldest_first {
            (at, id)
        } else {
            // The complement: as the negative, but every number has one.
            (!at, !id)
        }
    }
}

/// The first places of all that are seen, in the order of a list.
pub(super) struct First<'a> {
    window: &'a Window,
    limit: usize,
    /// The last of them at the top.
    heap: BinaryHeap<((i64, i64), Place)>,
}

impl<'a> First<'a> {
    pub(super) fn new(window: &'a Window, limit: usize) -> Self {
        Self {
            window,
            limit,
            heap: BinaryHeap::with_capacity(limit.saturating_add(1)),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.heap.len() >= self.limit
    }

    /// Whether neither this nor any later one has a chance.
    pub(super) fn is_late(&self, place: Place) -> bool {
        let rank = self.window.rank(place);
        self.is_full() && self.heap.peek().is_none_or(|(last, _)| *last <= rank)
    }

    pub(super) fn see(&mut self, place: Place) {
        if !self.window.has(place) || self.is_late(place) {
            return;
        }
        self.heap.push((self.window.rank(place), place));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    /// In order.
    pub(super) fn places(self) -> Vec<Place> {
        let in_order = self.heap.into_sorted_vec().into_iter();
        in_order.map(|(_, place)| place).collect()
    }
}
