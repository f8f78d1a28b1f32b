//! Some hundreds of entries, as they are kept in memory.
use domain::StorageError;

use super::super::{
    codes::{self, inconsistent},
    knowledge::Knowledge,
    places::Place,
    subject::Octets,
};
use super::{
    Ban, Columns,
    groups::{Groups, Mark},
    sums::{By, Sums},
    wanted::{Wanted, has_bit},
};

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
    jail: u32,
    group: u32,
    asn: u32,
    country: u16,
    kind: u8,
    origin: u8,
}

impl Facts {
    fn of(entry: &Entry) -> Result<Self, StorageError> {
        let Knowledge {
            origin,
            country,
            asn,
            ..
        } = entry.known;
        Ok(Self {
            place: entry.place(),
            jail: small(entry.is.jail)?,
            group: entry.subject.address.group(),
            asn: small(asn)?,
            country: small(country)?,
            kind: small(entry.is.kind)?,
            origin: small(origin)?,
        })
    }

    pub(super) fn group(&self) -> i64 {
        self.group.into()
    }

    pub(super) const fn mark(&self) -> Mark {
        Mark::of(self.group)
    }

    #[inline]
    pub(super) fn is_ban(&self) -> bool {
        i64::from(self.kind) == codes::BAN
    }

    #[inline]
    pub(super) fn fits(&self, wanted: &Wanted) -> bool {
        wanted.everything || self.is_one_of(wanted)
    }

    #[inline]
    fn is_one_of(&self, wanted: &Wanted) -> bool {
        has_bit(wanted.kinds, self.kind)
            && has_bit(wanted.origins, self.origin)
            && wanted.asns.has(self.asn)
            && wanted.countries.has(self.country.into())
            && wanted.jails.has(self.jail)
    }

    #[inline]
    pub(super) fn item(&self, by: By) -> u32 {
        match by {
            By::Jail => self.jail,
            By::Country => self.country.into(),
            By::Network => self.asn,
        }
    }

    pub(super) fn ban(&self) -> Ban {
        Ban {
            at: self.place.at,
            jail: self.jail.into(),
            country: self.country.into(),
            asn: self.asn.into(),
            origin: self.origin.into(),
        }
    }
}

/// The rest of an event. With the facts it is half as large as an entry, and there are many.
#[derive(Debug, Clone, Copy)]
struct Rest {
    /// An address, or the key of a text when that is empty.
    subject: [u8; 16],
    length: u8,
    prefix: u8,
    /// Which of what may be unknown is known, and whether there are lines.
    known: u8,
    cause: u8,
    actor: u32,
    failures: u32,
    ban_count: u32,
    bantime: i64,
}

const ACTOR: u8 = 1;
const CAUSE: u8 = 1 << 1;
const BANTIME: u8 = 1 << 2;
const FAILURES: u8 = 1 << 3;
const BAN_COUNT: u8 = 1 << 4;
const LINES: u8 = 1 << 5;

impl Rest {
    fn of(entry: &Entry) -> Result<Self, StorageError> {
        let Entry { subject, known, .. } = entry;
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        Ok(Self {
            subject: subject.packed(),
            length: small(subject.address.len())?,
            prefix: subject.prefix,
            known: flag(known.actor.is_some(), ACTOR)
                | flag(known.cause.is_some(), CAUSE)
                | flag(known.bantime.is_some(), BANTIME)
                | flag(known.failures.is_some(), FAILURES)
                | flag(known.ban_count.is_some(), BAN_COUNT)
                | flag(known.lines, LINES),
            cause: small(known.cause.unwrap_or_default())?,
            actor: small(known.actor.unwrap_or_default())?,
            failures: known.failures.unwrap_or_default(),
            ban_count: known.ban_count.unwrap_or_default(),
            bantime: known.bantime.unwrap_or_default(),
        })
    }

    fn subject(&self) -> Columns {
        Columns::of_packed(self.subject, self.length, self.prefix)
    }

    fn knowledge(&self, facts: &Facts) -> Knowledge {
        let has = |flag| self.known & flag != 0;
        Knowledge {
            origin: facts.origin.into(),
            country: facts.country.into(),
            asn: facts.asn.into(),
            actor: has(ACTOR).then_some(self.actor.into()),
            cause: has(CAUSE).then_some(self.cause.into()),
            bantime: has(BANTIME).then_some(self.bantime),
            failures: has(FAILURES).then_some(self.failures),
            ban_count: has(BAN_COUNT).then_some(self.ban_count),
            lines: has(LINES),
        }
    }
}

/// Every code and key is small: `codes` makes them from the nouns, and keys are given one after another. One that is not is of a damaged database, and
/// must not be counted as another's.
fn small<N, T: TryFrom<N>>(number: N) -> Result<T, StorageError> {
    T::try_from(number).map_err(|_| inconsistent("a key is too large"))
}

/// A row of `recent`.
#[derive(Debug)]
pub(in super::super) struct Chunk {
    pub(super) id: i64,
    /// Of each event, by key.
    pub(super) facts: Vec<Facts>,
    rest: Vec<Rest>,
    /// Groups and numbers of events, by subject: groups are compared without looking at the events.
    by_subject: Vec<(u32, u32)>,
    /// By subject.
    pub(super) failures: Vec<Failed>,
    /// Of each of the failures.
    failed_groups: Vec<u32>,
    /// Groups that may be in it: a question about a subject looks at all chunks, and at most finds nothing.
    groups: Groups,
    /// Of the events.
    pub(super) first_at: i64,
    pub(super) last_at: i64,
    /// Those that are bans, with their numbers.
    pub(super) bans: Box<[(Mark, u32)]>,
    sums: Sums,
}

impl Chunk {
    pub(super) fn new(
        id: i64,
        events: impl ExactSizeIterator<Item = Entry>,
        mut failures: Vec<Failed>,
    ) -> Result<Self, StorageError> {
        let mut facts = Vec::with_capacity(events.len());
        let mut rest = Vec::with_capacity(events.len());
        let mut subjects = Vec::with_capacity(events.len());
        for (number, entry) in (0_u32..).zip(events) {
            facts.push(Facts::of(&entry)?);
            rest.push(Rest::of(&entry)?);
            subjects.push((entry.subject, number));
        }
        subjects.sort_unstable();
        let by_subject: Vec<(u32, u32)> = subjects
            .iter()
            .map(|(subject, number)| (subject.address.group(), *number))
            .collect();
        failures.shrink_to_fit();
        failures.sort_by_key(|of| of.subject);
        let failed_groups: Vec<u32> = failures
            .iter()
            .map(|of| of.subject.address.group())
            .collect();
        let times = || facts.iter().map(|facts: &Facts| facts.place.at);
        Ok(Self {
            id,
            bans: (0..)
                .zip(&facts)
                .filter(|(_, facts)| facts.is_ban())
                .map(|(number, facts)| (facts.mark(), number))
                .collect(),
            sums: Sums::default(),
            first_at: times().min().unwrap_or(i64::MAX),
            last_at: times().max().unwrap_or(i64::MIN),
            facts,
            rest,
            groups: Groups::of(
                by_subject
                    .iter()
                    .map(|(group, _)| *group)
                    .chain(failed_groups.iter().copied()),
            ),
            by_subject,
            failures,
            failed_groups,
        })
    }

    /// This with more of both.
    pub(super) fn with(
        &self,
        events: Vec<Entry>,
        failures: Vec<Failed>,
    ) -> Result<Self, StorageError> {
        let events: Vec<Entry> = self.entries().chain(events).collect();
        let failures = self.failures.iter().cloned().chain(failures).collect();
        Self::new(self.id, events.into_iter(), failures)
    }

    /// This with another event in the place of one.
    pub(super) fn changed(&self, number: usize, event: Entry) -> Result<Self, StorageError> {
        let mut events: Vec<Entry> = self.entries().collect();
        if let Some(old) = events.get_mut(number) {
            *old = event;
        }
        Self::new(self.id, events.into_iter(), self.failures.clone())
    }

    pub(super) fn len(&self) -> usize {
        self.facts.len() + self.failures.len()
    }

    pub(super) fn ban_count(&self) -> u64 {
        u64::try_from(self.bans.len()).unwrap_or(u64::MAX)
    }

    /// How many of its bans each has that has any.
    pub(super) fn sums(&self, by: By) -> &[(u32, u32)] {
        let bans = self.facts.iter().filter(|facts| facts.is_ban());
        self.sums.of(by, bans.map(|facts| facts.item(by)))
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = i64> {
        let events = self.facts.iter().map(Facts::group);
        events.chain(self.failures.iter().map(|of| of.subject.group()))
    }

    /// The events, by key.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        let both = self.facts.iter().zip(&self.rest);
        both.map(|(facts, rest)| Entry::new(facts, rest))
    }

    pub(super) fn entry(&self, number: usize) -> Option<Entry> {
        Some(Entry::new(self.facts.get(number)?, self.rest.get(number)?))
    }

    pub(super) fn subject(&self, number: usize) -> Option<Columns> {
        self.rest.get(number).map(Rest::subject)
    }

    /// Numbers and subjects of the events by subject, from the first whose address is not less.
    pub(super) fn beginning_at(&self, first: Octets) -> impl Iterator<Item = (usize, Columns)> {
        let group = first.group();
        let begin = self.by_subject.partition_point(|(other, _)| *other < group);
        let rest = self.by_subject.get(begin..).unwrap_or_default();
        rest.iter()
            .filter_map(|(_, number)| self.numbered(*number))
            .skip_while(move |(_, subject)| subject.address < first)
    }

    /// Numbers of the events of a subject.
    pub(super) fn of_subject(&self, subject: &Columns) -> impl Iterator<Item = usize> {
        let group = subject.address.group();
        let rest = if self.groups.may_have(group) {
            let begin = self.by_subject.partition_point(|(other, _)| *other < group);
            self.by_subject.get(begin..).unwrap_or_default()
        } else {
            &[]
        };
        rest.iter()
            .take_while(move |(other, _)| *other == group)
            .filter_map(|(_, number)| self.numbered(*number))
            .filter_map(move |(number, other)| (other == *subject).then_some(number))
    }

    /// Failures of a subject.
    pub(super) fn failures_of(&self, subject: &Columns) -> impl Iterator<Item = &Failed> {
        let group = subject.address.group();
        let rest = if self.groups.may_have(group) {
            let begin = self.failed_groups.partition_point(|other| *other < group);
            self.failures.get(begin..).unwrap_or_default()
        } else {
            &[]
        };
        rest.iter()
            .take_while(move |of| of.subject.address.group() == group)
            .filter(move |of| of.subject == *subject)
    }

    /// The number of the event with a key.
    pub(super) fn number_of(&self, id: i64) -> Option<usize> {
        self.facts
            .binary_search_by_key(&id, |facts| facts.place.id)
            .ok()
    }

    pub(super) fn numbered(&self, number: u32) -> Option<(usize, Columns)> {
        let number = usize::try_from(number).ok()?;
        self.subject(number).map(|subject| (number, subject))
    }
}

impl Entry {
    fn new(facts: &Facts, rest: &Rest) -> Self {
        Self {
            id: facts.place.id,
            is: Is {
                at: facts.place.at,
                jail: facts.jail.into(),
                kind: facts.kind.into(),
            },
            subject: rest.subject(),
            known: rest.knowledge(facts),
        }
    }
}
