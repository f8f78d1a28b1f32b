//! Some hundreds of entries, as they are kept in memory.
use super::super::{codes, knowledge::Knowledge, places::Place, selection::Selection};
use super::{Ban, Columns};

/// What an event is, beside its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in super::super) struct Is {
    pub(in super::super) at: i64,
    pub(in super::super) jail: i64,
    pub(in super::super) kind: i64,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Entry {
    pub(in super::super) id: i64,
    pub(in super::super) is: Is,
    pub(in super::super) subject: Columns,
    pub(in super::super) known: Knowledge,
}

impl Entry {
    pub(in super::super) const fn place(&self) -> Place {
        Place {
            at: self.is.at,
            id: self.id,
        }
    }

    /// What it is counted as, when it is a ban.
    pub(in super::super) fn ban(&self) -> Option<Ban> {
        (self.is.kind == codes::BAN).then(|| self.known.ban(self.is.at, self.is.jail))
    }
}

/// Failures of a subject in a jail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Failed {
    pub(in super::super) subject: Columns,
    pub(in super::super) jail: i64,
    pub(in super::super) count: i64,
    pub(in super::super) last_at: i64,
}

/// What most questions ask of an event, side by side with that of the others: going through all of them takes some ten microseconds.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Facts {
    pub(in super::super) place: Place,
    jail: i64,
    group: u32,
    asn: u32,
    country: u16,
    kind: u8,
    origin: u8,
}

impl Facts {
    fn of(entry: &Entry) -> Self {
        let Knowledge {
            origin,
            country,
            asn,
            ..
        } = entry.known;
        Self {
            place: entry.place(),
            jail: entry.is.jail,
            group: entry.subject.address.group(),
            asn: small(asn),
            country: small(country),
            kind: small(entry.is.kind),
            origin: small(origin),
        }
    }

    pub(super) fn group(&self) -> i64 {
        self.group.into()
    }

    #[inline]
    pub(super) fn is_ban(&self) -> bool {
        i64::from(self.kind) == codes::BAN
    }

    #[inline]
    pub(super) fn fits(&self, selection: &Selection) -> bool {
        selection.has_kind(self.kind.into())
            && selection.has_origin(self.origin.into())
            && selection.has_jail(self.jail)
            && selection.has_place(self.country.into(), self.asn.into())
    }

    pub(super) fn ban(&self) -> Ban {
        Ban {
            at: self.place.at,
            jail: self.jail,
            country: self.country.into(),
            asn: self.asn.into(),
            origin: self.origin.into(),
        }
    }
}

/// Every code is small: `codes` makes them from the nouns.
fn small<T: TryFrom<i64> + Default>(code: i64) -> T {
    T::try_from(code).unwrap_or_default()
}

/// A row of `recent`.
#[derive(Debug)]
pub(in super::super) struct Chunk {
    pub(super) id: i64,
    /// By key.
    pub(super) events: Vec<Entry>,
    /// Of each event.
    pub(super) facts: Vec<Facts>,
    /// Groups and numbers of events, by subject: groups are compared without looking at the events.
    by_subject: Vec<(u32, u32)>,
    /// By subject.
    pub(super) failures: Vec<Failed>,
    /// Of each of the failures.
    failed_groups: Vec<u32>,
    /// Of the events.
    pub(super) first_at: i64,
    pub(super) last_at: i64,
}

impl Chunk {
    pub(super) fn new(id: i64, events: Vec<Entry>, mut failures: Vec<Failed>) -> Self {
        let mut subjects: Vec<(Columns, u32)> =
            events.iter().map(|entry| entry.subject).zip(0..).collect();
        subjects.sort_unstable();
        let by_subject = subjects
            .into_iter()
            .map(|(subject, number)| (subject.address.group(), number))
            .collect();
        failures.sort_by_key(|of| of.subject);
        let failed_groups = failures
            .iter()
            .map(|of| of.subject.address.group())
            .collect();
        let facts: Vec<Facts> = events.iter().map(Facts::of).collect();
        let times = || facts.iter().map(|facts| facts.place.at);
        Self {
            id,
            first_at: times().min().unwrap_or(i64::MAX),
            last_at: times().max().unwrap_or(i64::MIN),
            events,
            facts,
            by_subject,
            failures,
            failed_groups,
        }
    }

    /// This with more of both.
    pub(super) fn with(&self, events: Vec<Entry>, failures: Vec<Failed>) -> Self {
        let events = self.events.iter().cloned().chain(events).collect();
        let failures = self.failures.iter().cloned().chain(failures).collect();
        Self::new(self.id, events, failures)
    }

    /// This with another event in the place of one.
    pub(super) fn changed(&self, number: usize, event: Entry) -> Self {
        let mut events = self.events.clone();
        if let Some(old) = events.get_mut(number) {
            *old = event;
        }
        Self::new(self.id, events, self.failures.clone())
    }

    pub(super) fn len(&self) -> usize {
        self.events.len() + self.failures.len()
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = i64> {
        let events = self.facts.iter().map(Facts::group);
        events.chain(self.failures.iter().map(|of| of.subject.group()))
    }

    /// Events by subject, from the first that is not less in some way.
    pub(super) fn beginning_at(
        &self,
        is_less: impl Fn(&Columns) -> bool,
    ) -> impl Iterator<Item = (usize, &Entry)> {
        let begin = self.by_subject.partition_point(|(_, number)| {
            self.event(*number)
                .is_some_and(|(_, entry)| is_less(&entry.subject))
        });
        let rest = self.by_subject.get(begin..).unwrap_or_default();
        rest.iter().filter_map(|(_, number)| self.event(*number))
    }

    /// Events of a subject.
    pub(super) fn of_subject(&self, subject: &Columns) -> impl Iterator<Item = (usize, &Entry)> {
        let group = subject.address.group();
        let begin = self.by_subject.partition_point(|(other, _)| *other < group);
        let rest = self.by_subject.get(begin..).unwrap_or_default();
        rest.iter()
            .take_while(move |(other, _)| *other == group)
            .filter_map(|(_, number)| self.event(*number))
            .filter(move |(_, entry)| entry.subject == *subject)
    }

    /// Failures of a subject.
    pub(super) fn failures_of(&self, subject: &Columns) -> impl Iterator<Item = &Failed> {
        let group = subject.address.group();
        let begin = self.failed_groups.partition_point(|other| *other < group);
        let rest = self.failures.get(begin..).unwrap_or_default();
        rest.iter()
            .take_while(move |of| of.subject.address.group() == group)
            .filter(move |of| of.subject == *subject)
    }

    /// The number of the event with a key.
    pub(super) fn number_of(&self, id: i64) -> Option<usize> {
        self.events.binary_search_by_key(&id, |entry| entry.id).ok()
    }

    fn event(&self, number: u32) -> Option<(usize, &Entry)> {
        let number = usize::try_from(number).ok()?;
        self.events.get(number).map(|entry| (number, entry))
    }
}
