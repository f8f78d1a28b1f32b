//! Pages of events. Every filter of equal values is a union of index ranges that are each in the order of the page, and the page is their merge:
//! nothing is read that is not on the page, but for one row a range.
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use domain::{EventFilter, EventPage, EventQuery, StorageError};
use rusqlite::{Connection, OptionalExtension as _, ToSql, named_params};

use super::super::{error::driver, queries};
use super::{
    counting, in_network,
    moment::Moment,
    names::Jails,
    places::{Place, Window},
    rows,
    selection::Selection,
};

/// A page.
pub(super) fn page(moment: &Moment<'_>, query: &EventQuery) -> Result<EventPage, StorageError> {
    let limit = usize::from(query.limit.get());
    let window = Window::of(query)?;
    let jails = Jails::load(moment)?;
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
        None => merge(moment, ranges(moment, &selection, jails)?, window, limit)?,
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

/// An index that ends in the order of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Index {
    Network,
    Country,
    Jail,
    Kind,
}

/// A range of an index: one value of each of its columns before the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    index: Index,
    /// Of [`COLUMNS`]; those that the index does not have are 0.
    values: [i64; 5],
}

/// The columns before the time; each index has a tail of them.
const COLUMNS: [&str; 5] = [":asn", ":country", ":jail", ":kind", ":origin"];

/// The ranges that together are exactly what is selected.
pub(super) fn ranges(
    connection: &Connection,
    selection: &Selection,
    jails: &Jails,
) -> Result<Vec<Range>, StorageError> {
    let any = || vec![0];
    let (index, asns, countries, meant) = if !selection.asns.is_empty() {
        (Index::Network, selection.asns.clone(), any(), true)
    } else if !selection.countries.is_empty() {
        (Index::Country, any(), selection.countries.clone(), true)
    } else if selection.jails.is_some() {
        (Index::Jail, any(), any(), true)
    } else {
        (Index::Kind, any(), any(), false)
    };
    let jails = match &selection.jails {
        Some(jails) => jails.clone(),
        None if meant => jails.ids().collect(),
        None => any(),
    };
    let sorts = selection.sorts();
    let mut ranges = Vec::new();
    for asn in asns {
        let countries = match index {
            Index::Network => countries_of(connection, asn, selection)?,
            _ => countries.clone(),
        };
        for country in countries {
            for jail in &jails {
                ranges.extend(sorts.iter().map(|(kind, origin)| Range {
                    index,
                    values: [asn, country, *jail, *kind, *origin],
                }));
            }
        }
    }
    Ok(ranges)
}

/// The countries with events of a network: nearly always one.
fn countries_of(
    connection: &Connection,
    asn: i64,
    selection: &Selection,
) -> Result<Vec<i64>, StorageError> {
    if !selection.countries.is_empty() {
        return Ok(selection.countries.clone());
    }
    let mut statement = connection
        .prepare_cached(queries::EVENTS_COUNTRIES_OF_NETWORK)
        .map_err(driver)?;
    let mut countries = Vec::new();
    let mut last = -1;
    while let Some(next) = statement
        .query_row(named_params! { ":asn": asn, ":after": last }, |row| {
            row.get(0)
        })
        .optional()
        .map_err(driver)?
    {
        countries.push(next);
        last = next;
    }
    Ok(countries)
}

/// The first `limit` places of several ranges together.
pub(super) fn merge(
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

impl Range {
    /// The values of the columns that the index has.
    fn parameters(&self) -> impl Iterator<Item = (&'static str, &dyn ToSql)> {
        let missing = match self.index {
            Index::Network => 0,
            Index::Country => 1,
            Index::Jail => 2,
            Index::Kind => 3,
        };
        COLUMNS
            .into_iter()
            .zip(self.values.iter().map(|value| -> &dyn ToSql { value }))
            .skip(missing)
    }

    /// The next places of the range.
    pub(super) fn places(
        &self,
        connection: &Connection,
        window: &Window,
        limit: usize,
        into: &mut VecDeque<Place>,
    ) -> Result<(), StorageError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let parameters: Vec<(&str, &dyn ToSql)> = self
            .parameters()
            .chain([
                (":from", &window.from as &dyn ToSql),
                (":until", &window.until),
                (":at", &window.after.at),
                (":id", &window.after.id),
                (":limit", &limit),
            ])
            .collect();
        let mut statement = connection
            .prepare_cached(self.index.page(window.oldest_first))
            .map_err(driver)?;
        let mut rows = statement.query(parameters.as_slice()).map_err(driver)?;
        while let Some(row) = rows.next().map_err(driver)? {
            into.push_back(Place {
                at: row.get(0).map_err(driver)?,
                id: row.get(1).map_err(driver)?,
            });
        }
        Ok(())
    }

    /// How many events there are in the range and the window, at most `limit`.
    pub(super) fn count(
        &self,
        connection: &Connection,
        window: &Window,
        limit: u64,
    ) -> Result<u64, StorageError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let parameters: Vec<(&str, &dyn ToSql)> = self
            .parameters()
            .chain([
                (":from", &window.from as &dyn ToSql),
                (":until", &window.until),
                (":limit", &limit),
            ])
            .collect();
        connection
            .prepare_cached(self.index.count())
            .and_then(|mut statement| {
                statement.query_row(parameters.as_slice(), |row| row.get::<_, i64>(0))
            })
            .map(i64::unsigned_abs)
            .map_err(driver)
    }
}

impl Index {
    const fn page(self, oldest_first: bool) -> &'static str {
        match (self, oldest_first) {
            (Self::Kind, false) => queries::EVENTS_PAGE_KIND_NEWEST,
            (Self::Kind, true) => queries::EVENTS_PAGE_KIND_OLDEST,
            (Self::Jail, false) => queries::EVENTS_PAGE_JAIL_NEWEST,
            (Self::Jail, true) => queries::EVENTS_PAGE_JAIL_OLDEST,
            (Self::Country, false) => queries::EVENTS_PAGE_COUNTRY_NEWEST,
            (Self::Country, true) => queries::EVENTS_PAGE_COUNTRY_OLDEST,
            (Self::Network, false) => queries::EVENTS_PAGE_NETWORK_NEWEST,
            (Self::Network, true) => queries::EVENTS_PAGE_NETWORK_OLDEST,
        }
    }

    const fn count(self) -> &'static str {
        match self {
            Self::Kind => queries::EVENTS_COUNT_KIND,
            Self::Jail => queries::EVENTS_COUNT_JAIL,
            Self::Country => queries::EVENTS_COUNT_COUNTRY,
            Self::Network => queries::EVENTS_COUNT_NETWORK,
        }
    }
}
