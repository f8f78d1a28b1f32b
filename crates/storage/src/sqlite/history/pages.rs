//! Pages of events. Every filter of equal values is a union of ranges that are each in the order of the page, and the page is their merge:
//! nothing is read that is not on the page, but for one row a range.
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use domain::{EventFilter, EventPage, EventQuery, StorageError};
use rusqlite::Connection;

use super::{
    counting, in_network,
    moment::Moment,
    names::Jails,
    places::{Place, Window},
    ranges::{self, Range},
    rows,
    selection::Selection,
    stretches::Visit,
};

/// A page.
pub(super) fn page(moment: &Moment<'_>, query: &EventQuery) -> Result<EventPage, StorageError> {
    let limit = usize::from(query.limit.get());
    let window = Window::of(query)?;
    let jails = moment.jails()?;
    // One more than wanted tells whether there is another page.
    let mut places = find(moment, &query.filter, &jails, &window, limit + 1)?;
    let more = places.len() > limit;
    places.truncate(limit);
    Ok(EventPage {
        next: places.last().filter(|_| more).map(|place| place.token()),
        items: rows::by_ids(moment, &jails, places.iter().map(|place| place.id))?,
    })
}

fn find(
    moment: &Moment<'_>,
    filter: &EventFilter,
    jails: &Jails,
    window: &Window,
    limit: usize,
) -> Result<Vec<Place>, StorageError> {
    let selection = Selection::of_events(filter, jails);
    if selection.is_empty() || window.from >= window.until {
        return Ok(Vec::new());
    }
    let subject = in_network::Subject::of(moment, filter)?;
    let recent = moment
        .recent()
        .places(subject.as_ref(), &selection, window, limit);
    let window = match recent.last() {
        Some(last) if recent.len() == limit => {
            // As a rule the newest are wanted, and these are recent.
            let newest = counting::newest_in_tables(moment)?;
            if !window.oldest_first && newest.is_none_or(|newest| newest < last.at) {
                return Ok(recent);
            }
            &window.until_place(*last)
        }
        _ => window,
    };
    let settled = match &subject {
        Some(subject) => in_network::find(moment, subject, &selection, window, limit)?,
        None => selected(moment, &selection, jails, window, limit)?,
    };
    Ok(both(recent, settled, window, limit))
}

/// The first `limit` places of two lists.
fn both(recent: Vec<Place>, settled: Vec<Place>, window: &Window, limit: usize) -> Vec<Place> {
    if recent.is_empty() {
        return settled;
    }
    let mut places = recent;
    places.extend(settled);
    places.sort_by_key(|place| window.rank(*place));
    places.truncate(limit);
    places
}

/// The first `limit` places of what is selected, whatever its subject.
pub(super) fn selected(
    connection: &Connection,
    selection: &Selection,
    jails: &Jails,
    window: &Window,
    limit: usize,
) -> Result<Vec<Place>, StorageError> {
    let mut places: Vec<Place> = Vec::new();
    ranges::each(connection, selection, jails, window, |ranges| {
        let before = places.len();
        places.extend(merge(connection, ranges, window, limit - before)?);
        Ok(Visit {
            found: places.len() > before,
            enough: places.len() >= limit,
        })
    })?;
    Ok(places)
}

/// The first `limit` places of several ranges together.
fn merge(
    connection: &Connection,
    ranges: Vec<Range>,
    window: &Window,
    limit: usize,
) -> Result<Vec<Place>, StorageError> {
    // A range gives its share at first and is asked again when that is used up; most are empty or short.
    let chunk = (2 * limit / ranges.len().max(1)).clamp(8, limit.max(8));
    let mut sources = Vec::with_capacity(ranges.len());
    let mut heads = BinaryHeap::new();
    for range in ranges {
        let mut source = Source {
            range,
            ready: VecDeque::new(),
            ended: false,
        };
        source.refill(connection, window, chunk)?;
        if let Some(place) = source.ready.pop_front() {
            heads.push(Reverse((window.rank(place), place, sources.len())));
            sources.push(source);
        }
    }
    let mut places = Vec::with_capacity(limit);
    while places.len() < limit
        && let Some(Reverse((_, place, number))) = heads.pop()
    {
        places.push(place);
        let Some(source) = sources.get_mut(number) else {
            break;
        };
        if source.ready.is_empty() && !source.ended {
            source.refill(connection, &window.after(place), chunk)?;
        }
        if let Some(next) = source.ready.pop_front() {
            heads.push(Reverse((window.rank(next), next, number)));
        }
    }
    Ok(places)
}

struct Source {
    range: Range,
    ready: VecDeque<Place>,
    ended: bool,
}

impl Source {
    fn refill(
        &mut self,
        connection: &Connection,
        window: &Window,
        chunk: usize,
    ) -> Result<(), StorageError> {
        self.range
            .places(connection, window, chunk, &mut self.ready)?;
        self.ended = self.ready.len() < chunk;
        Ok(())
    }
}
