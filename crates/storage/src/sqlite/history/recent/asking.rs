//! What questions ask of the recent events.
use std::sync::Arc;

use super::super::{
    in_network::Subject,
    places::{First, Place, Window},
    selection::Selection,
};
use super::{
    Ban, By, Chunk, Columns, Entry, Failed, Is, Recent, Spot,
    chunk::Facts,
    groups::{Mark, Marks},
    wanted::Wanted,
};

/// Selected bans of a range.
enum Bans<'a> {
    /// All bans of a chunk.
    Whole(&'a Chunk),
    /// One, with its number in its chunk.
    One(&'a Chunk, usize, &'a Facts),
}

impl Recent {
    /// Shows every selected ban from a moment (included) until another (excluded).
    pub(in super::super) fn each_ban(
        &self,
        selection: &Selection,
        range: (i64, i64),
        mut see: impl FnMut(&Ban),
    ) {
        self.bans(selection, range, |_, _, facts| see(&facts.ban()));
    }

    /// Counts the same bans: all between two moments (both included) at once, unless `add` refuses because it tells those apart.
    pub(in super::super) fn count_bans(
        &self,
        selection: &Selection,
        range: (i64, i64),
        mut add: impl FnMut((i64, i64), u64) -> bool,
    ) {
        self.parts(selection, range, |bans| match bans {
            Bans::Whole(chunk) => add((chunk.first_at, chunk.last_at), chunk.ban_count()),
            Bans::One(_, _, Facts { place, .. }) => add((place.at, place.at), 1),
        });
    }

    /// How many of the same bans there are of each jail, country or network, one of which may come several times.
    pub(in super::super) fn sum_bans(
        &self,
        selection: &Selection,
        range: (i64, i64),
        by: By,
        mut add: impl FnMut(i64, u64),
    ) {
        self.parts(selection, range, |bans| {
            match bans {
                Bans::Whole(chunk) => {
                    for (key, bans) in chunk.sums(by) {
                        add((*key).into(), (*bans).into());
                    }
                }
                Bans::One(_, _, facts) => add(facts.item(by).into(), 1),
            }
            true
        });
    }

    /// Marks the groups of the same bans; answers how many there are.
    pub(in super::super) fn mark_banned(
        &self,
        selection: &Selection,
        range: (i64, i64),
        marks: &mut Marks,
    ) -> u64 {
        let mut marked = 0;
        self.parts(selection, range, |bans| {
            match bans {
                Bans::Whole(chunk) => {
                    chunk.bans.iter().for_each(|(mark, _)| marks.add(*mark));
                    marked += chunk.ban_count();
                }
                Bans::One(_, _, facts) => {
                    marks.add(facts.mark());
                    marked += 1;
                }
            }
            true
        });
        marked
    }

    /// Shows the subjects of the same bans of groups that may have been marked so many times.
    pub(in super::super) fn each_banned_often(
        &self,
        selection: &Selection,
        range: (i64, i64),
        (marks, times): (&Marks, u8),
        mut see: impl FnMut(Columns),
    ) {
        self.parts(selection, range, |bans| {
            match bans {
                Bans::Whole(chunk) => {
                    let may_have = |(mark, _): &&(Mark, u32)| marks.may_have(*mark, times);
                    let often = chunk.bans.iter().filter(may_have);
                    often
                        .filter_map(|(_, number)| chunk.numbered(*number))
                        .for_each(|(_, subject)| see(subject));
                }
                Bans::One(chunk, number, facts) => {
                    if marks.may_have(facts.mark(), times)
                        && let Some(subject) = chunk.subject(number)
                    {
                        see(subject);
                    }
                }
            }
            true
        });
    }

    fn bans(
        &self,
        selection: &Selection,
        range: (i64, i64),
        mut see: impl FnMut(&Chunk, usize, &Facts),
    ) {
        self.parts(selection, range, |bans| {
            let Bans::One(chunk, number, facts) = bans else {
                return false;
            };
            see(chunk, number, facts);
            true
        });
    }

    /// Shows the selected bans of a range: chunks of which all bans are meant first, and their bans one by one only if these are not taken.
    #[inline]
    fn parts(
        &self,
        selection: &Selection,
        (from, until): (i64, i64),
        mut take: impl FnMut(Bans<'_>) -> bool,
    ) {
        let wanted = Wanted::of_bans(selection);
        for (chunk, group) in self.chunks() {
            if chunk.first_at >= until || chunk.last_at < from {
                continue;
            }
            let all =
                wanted.everything && group == 0 && chunk.first_at >= from && chunk.last_at < until;
            if all && take(Bans::Whole(chunk)) {
                continue;
            }
            for (number, facts) in chunk.facts.iter().enumerate() {
                if facts.is_ban()
                    && (from..until).contains(&facts.place.at)
                    && facts.group() >= group
                    && facts.fits(&wanted)
                {
                    take(Bans::One(chunk, number, facts));
                }
            }
        }
    }

    /// The first `limit` places of what is meant.
    pub(in super::super) fn places(
        &self,
        subject: Option<&Subject>,
        selection: &Selection,
        window: &Window,
        limit: usize,
    ) -> Vec<Place> {
        let mut first = First::new(window, limit);
        let wanted = Wanted::of(selection);
        // New chunks have what is new.
        let mut chunks: Vec<(&Chunk, i64)> = self.chunks().collect();
        if !window.oldest_first {
            chunks.reverse();
        }
        for (chunk, group) in chunks {
            if chunk.last_at < window.from
                || chunk.first_at >= window.until
                || first.is_late(chunk.best(window))
            {
                continue;
            }
            each_of(chunk, group, subject, &wanted, |place| {
                first.see(place);
            });
        }
        first.places()
    }

    /// How many there are of what is meant.
    pub(in super::super) fn count(
        &self,
        subject: Option<&Subject>,
        selection: &Selection,
        window: &Window,
    ) -> u64 {
        let mut count = 0;
        let wanted = Wanted::of(selection);
        for (chunk, group) in self.chunks() {
            each_of(chunk, group, subject, &wanted, |place| {
                count += u64::from(window.has(place));
            });
        }
        count
    }

    /// How many events of exactly this subject are selected.
    pub(in super::super) fn count_of(
        &self,
        subject: &Columns,
        selection: &Selection,
        window: &Window,
    ) -> u64 {
        let mut count = 0;
        let wanted = Wanted::of(selection);
        for (chunk, from) in self.chunks() {
            let overlaps = chunk.first_at < window.until && chunk.last_at >= window.from;
            if subject.group() < from || !overlaps {
                continue;
            }
            for number in chunk.of_subject(subject) {
                let facts = chunk.facts.get(number);
                let fits =
                    facts.is_some_and(|facts| facts.fits(&wanted) && window.has(facts.place));
                count += u64::from(fits);
            }
        }
        count
    }

    /// Events of exactly this subject.
    pub(in super::super) fn events_of(&self, subject: &Columns) -> impl Iterator<Item = Entry> {
        let chunks = self.chunks().filter(|(_, from)| subject.group() >= *from);
        chunks.flat_map(|(chunk, _)| {
            let numbers = chunk.of_subject(subject);
            numbers.filter_map(|number| chunk.entry(number))
        })
    }

    /// Failures of exactly this subject.
    pub(in super::super) fn failures_of(&self, subject: &Columns) -> impl Iterator<Item = &Failed> {
        let chunks = self.chunks().filter(|(_, from)| subject.group() >= *from);
        chunks.flat_map(|(chunk, _)| chunk.failures_of(subject))
    }

    /// The event with a key.
    pub(in super::super) fn event(&self, id: i64) -> Option<Entry> {
        let begin = |chunk: &Chunk| chunk.facts.first().map(|first| first.place.id);
        // Most that are asked for are in the tables, or among the newest. A chunk may have failures alone.
        let oldest = self.chunks.iter().find_map(|chunk| begin(chunk))?;
        if id < oldest {
            return None;
        }
        let begins_before = |chunk: &Arc<Chunk>| begin(chunk).is_some_and(|first| first <= id);
        let number = self.chunks.iter().rposition(begins_before)?;
        let (chunk, from) = self.chunks().nth(number)?;
        let event = chunk.entry(chunk.number_of(id)?)?;
        (event.subject.group() >= from).then_some(event)
    }

    /// Events stored after a key, in the order of storing.
    pub(in super::super) fn after(&self, id: i64) -> impl Iterator<Item = Entry> {
        self.chunks().flat_map(move |(chunk, from)| {
            let begin = chunk.facts.partition_point(|facts| facts.place.id <= id);
            let numbers = (begin..chunk.facts.len()).filter_map(|number| chunk.entry(number));
            numbers.filter(move |entry| entry.subject.group() >= from)
        })
    }

    /// The moment of the oldest event.
    pub(in super::super) fn oldest(&self) -> Option<i64> {
        self.chunks()
            .flat_map(|(chunk, from)| {
                let facts = chunk.facts.iter();
                facts.filter(move |facts| facts.group() >= from)
            })
            .map(|facts| facts.place.at)
            .min()
    }

    /// An event by what makes it the one it is.
    pub(in super::super) fn find(&self, is: Is, subject: &Columns) -> Option<(Spot, Entry)> {
        let chunks = self.chunks().enumerate();
        let mut near =
            chunks.filter(|(_, (chunk, _))| (chunk.first_at..=chunk.last_at).contains(&is.at));
        near.find_map(|(number, (chunk, from))| {
            let same = chunk.of_subject(subject);
            let mut same = same.filter_map(|event| Some((event, chunk.entry(event)?)));
            same.find(|(_, entry)| entry.is == is && subject.group() >= from)
                .map(|(event, entry)| {
                    let spot = Spot {
                        chunk: number,
                        event,
                    };
                    (spot, entry)
                })
        })
    }
}

impl Chunk {
    /// Before all that the chunk has, in the order of a list.
    fn best(&self, window: &Window) -> Place {
        let (at, id) = if window.oldest_first {
            (self.first_at, i64::MIN)
        } else {
            (self.last_at, i64::MAX)
        };
        Place { at, id }
    }
}

/// Shows the places of a chunk's events that are meant; those of smaller groups are in the tables.
fn each_of(
    chunk: &Chunk,
    from: i64,
    subject: Option<&Subject>,
    wanted: &Wanted,
    mut see: impl FnMut(Place),
) {
    let Some(subject) = subject else {
        // The newest first: most lists want these, and then drop the rest at a glance.
        let meant = chunk.facts.iter().rev();
        meant
            .filter(|facts| facts.group() >= from && facts.fits(wanted))
            .for_each(|facts| see(facts.place));
        return;
    };
    let mut show = |number: usize| {
        if let Some(facts) = chunk.facts.get(number)
            && facts.group() >= from
            && facts.fits(wanted)
        {
            see(facts.place);
        }
    };
    match subject {
        Subject::Nobody => {}
        Subject::Text(text) => chunk
            .of_subject(&Columns::of_text(*text))
            .for_each(&mut show),
        Subject::Address(bounds) | Subject::Network(bounds) => chunk
            .beginning_at(bounds.first)
            .take_while(|(_, subject)| subject.address <= bounds.last)
            .filter(|(_, subject)| bounds.has(&subject.address, subject.prefix))
            .for_each(|(number, _)| show(number)),
    }
}
