//! Events of an address, of the subjects in a network, or of a text.
use std::{
    collections::BinaryHeap,
    ops::ControlFlow::{self, Break, Continue},
};

use domain::{EventFilter, StorageError};
use ipnet::IpNet;
use rusqlite::{Connection, Row, ToSql, named_params};

use super::super::{error::driver, queries};
use super::{
    names::{self, Jails},
    pages,
    places::{Place, Window},
    selection::Selection,
    subject::{Columns, bounds},
};

/// The most events of a network that are put in order one by one (4 ms); of more, some will soon be met by going through all events in order.
const NARROW: usize = 20_000;
/// In networks as large as these most events of a page are soon met, so that is tried first.
const LARGE: [u8; 2] = [12, 24];
/// How many events are gone through before another way is tried (2 ms).
const SOON: usize = 8_000;
/// Events whose subjects are looked at together.
const CHUNK: usize = 500;

/// Whom a filter means.
#[derive(Debug)]
pub(super) enum Subject {
    /// Nobody: a text that no event has.
    Nobody,
    /// One address.
    Address(Bounds),
    /// Addresses and networks in a network.
    Network(Bounds),
    /// A text that is no address, by its key.
    Text(i64),
}

/// A network as a range of bytes.
#[derive(Debug)]
pub(super) struct Bounds {
    first: Vec<u8>,
    last: Vec<u8>,
    prefix: u8,
}

impl Bounds {
    fn of(network: &IpNet) -> Self {
        let (first, last) = bounds(network);
        Self {
            first,
            last,
            prefix: network.prefix_len(),
        }
    }

    /// Bytes of an address.
    const fn length(&self) -> i64 {
        if self.first.len() == 4 { 4 } else { 16 }
    }

    fn is_large(&self) -> bool {
        let [v4, v6] = LARGE;
        self.prefix <= if self.first.len() == 4 { v4 } else { v6 }
    }

    fn has(&self, address: &[u8], prefix: u8) -> bool {
        address.len() == self.first.len()
            && prefix >= self.prefix
            && (self.first.as_slice()..=self.last.as_slice()).contains(&address)
    }
}

impl Subject {
    /// Whom a filter means; `None` when anybody.
    pub(super) fn of(
        connection: &Connection,
        filter: &EventFilter,
    ) -> Result<Option<Self>, StorageError> {
        Ok(match (&filter.network, &filter.other_subject) {
            (None, None) => None,
            (Some(_), Some(_)) => Some(Self::Nobody),
            (Some(network), None) if network.prefix_len() == network.max_prefix_len() => {
                Some(Self::Address(Bounds::of(network)))
            }
            (Some(network), None) => Some(Self::Network(Bounds::of(network))),
            (None, Some(text)) => Some(
                names::find(connection, queries::HISTORY_TEXT, text)?
                    .map_or(Self::Nobody, Self::Text),
            ),
        })
    }
}

/// The first `limit` places of a subject's events.
pub(super) fn find(
    connection: &Connection,
    subject: &Subject,
    selection: &Selection,
    window: &Window,
    limit: usize,
) -> Result<Vec<Place>, StorageError> {
    let mut places = Vec::new();
    let take = |found: &Found<'_>| {
        if found.fits(selection) {
            places.push(found.place);
        }
        if places.len() < limit {
            Continue(())
        } else {
            Break(())
        }
    };
    match subject {
        Subject::Nobody => {}
        Subject::Address(bounds) => of_address(connection, bounds, window, take)?,
        Subject::Text(text) => of_text(connection, *text, window, take)?,
        Subject::Network(bounds) => {
            return of_network_in_order(connection, bounds, selection, window, limit);
        }
    }
    Ok(places)
}

fn of_network_in_order(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    limit: usize,
) -> Result<Vec<Place>, StorageError> {
    let met = |most| wide(connection, bounds, selection, window, (limit, most));
    if bounds.is_large()
        && selection.is_any_place()
        && let Some(places) = met(SOON)?
    {
        return Ok(places);
    }
    if let Some(places) = narrow(connection, bounds, selection, window, limit)? {
        return Ok(places);
    }
    if selection.is_any_place() {
        return Ok(met(usize::MAX)?.unwrap_or_default());
    }
    among_selected(connection, bounds, selection, window, limit)
}

/// How many events of a subject there are, at most `limit`.
pub(super) fn count(
    connection: &Connection,
    subject: &Subject,
    selection: &Selection,
    window: &Window,
    limit: u64,
) -> Result<u64, StorageError> {
    let mut count = 0;
    let take = |found: &Found<'_>| {
        count += u64::from(found.fits(selection) && window.has(found.place));
        if count < limit {
            Continue(())
        } else {
            Break(())
        }
    };
    match subject {
        Subject::Nobody => {}
        Subject::Address(bounds) => of_address(connection, bounds, window, take)?,
        Subject::Text(text) => of_text(connection, *text, window, take)?,
        Subject::Network(bounds) if selection.is_any() => {
            return count_in_network(connection, bounds, window, limit);
        }
        Subject::Network(bounds) => of_network(connection, bounds, take)?,
    }
    Ok(count)
}

/// The same of everything in a network, which SQLite counts alone.
fn count_in_network(
    connection: &Connection,
    bounds: &Bounds,
    window: &Window,
    limit: u64,
) -> Result<u64, StorageError> {
    connection
        .prepare_cached(queries::EVENTS_COUNT_IN_NETWORK)
        .and_then(|mut statement| {
            statement.query_row(
                named_params! {
                    ":length": bounds.length(), ":first": bounds.first, ":last": bounds.last, ":prefix": bounds.prefix,
                    ":from": window.from, ":until": window.until, ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
                },
                |row| row.get::<_, i64>(0),
            )
        })
        .map(i64::unsigned_abs)
        .map_err(driver)
}

/// How many events of exactly this subject there are.
pub(super) fn count_of(
    connection: &Connection,
    subject: &Columns,
    selection: &Selection,
    window: &Window,
) -> Result<u64, StorageError> {
    let mut count = 0;
    let take = |found: &Found<'_>| {
        count += u64::from(found.prefix == subject.prefix && found.fits(selection));
        Continue(())
    };
    if subject.text > 0 {
        of_text(connection, subject.text, window, take)?;
    } else {
        let bounds = Bounds {
            first: subject.address.clone(),
            last: subject.address.clone(),
            prefix: subject.prefix,
        };
        of_address(connection, &bounds, window, take)?;
    }
    Ok(count)
}

/// An event as the indexes by subject show it.
struct Found<'a> {
    place: Place,
    prefix: u8,
    row: &'a Row<'a>,
}

impl<'a> Found<'a> {
    fn read(row: &'a Row<'a>) -> rusqlite::Result<Self> {
        Ok(Self {
            place: Place {
                at: row.get(0)?,
                id: row.get(1)?,
            },
            prefix: row.get(2)?,
            row,
        })
    }

    /// Only what is selected by is read: the columns cost more than the step to the row.
    fn fits(&self, selection: &Selection) -> bool {
        let number = |column| self.row.get::<_, i64>(column).unwrap_or(-1);
        (selection.jails.is_none() || selection.has_jail(number(3)))
            && (selection.kinds.is_empty() || selection.has_kind(number(4)))
            && (selection.origins.is_empty() || selection.has_origin(number(5)))
            && (selection.countries.is_empty() || selection.countries.contains(&number(6)))
            && (selection.asns.is_empty() || selection.asns.contains(&number(7)))
    }
}

fn of_address(
    connection: &Connection,
    bounds: &Bounds,
    window: &Window,
    take: impl FnMut(&Found<'_>) -> ControlFlow<()>,
) -> Result<(), StorageError> {
    let query = if window.oldest_first {
        queries::EVENTS_ADDRESS_OLDEST
    } else {
        queries::EVENTS_ADDRESS_NEWEST
    };
    let parameters = named_params! {
        ":first": bounds.first,
        ":from": window.from, ":until": window.until, ":at": window.after.at, ":id": window.after.id,
    };
    each(connection, query, parameters, bounds.prefix, take)
}

fn of_text(
    connection: &Connection,
    text: i64,
    window: &Window,
    take: impl FnMut(&Found<'_>) -> ControlFlow<()>,
) -> Result<(), StorageError> {
    let query = if window.oldest_first {
        queries::EVENTS_TEXT_OLDEST
    } else {
        queries::EVENTS_TEXT_NEWEST
    };
    let parameters = named_params! {
        ":text": text,
        ":from": window.from, ":until": window.until, ":at": window.after.at, ":id": window.after.id,
    };
    each(connection, query, parameters, 0, take)
}

fn of_network(
    connection: &Connection,
    bounds: &Bounds,
    take: impl FnMut(&Found<'_>) -> ControlFlow<()>,
) -> Result<(), StorageError> {
    let parameters = named_params! {
        ":length": bounds.length(), ":first": bounds.first, ":last": bounds.last,
    };
    each(
        connection,
        queries::EVENTS_IN_NETWORK,
        parameters,
        bounds.prefix,
        take,
    )
}

/// Shows rows until told to stop; those of wider networks than asked for are left out.
fn each(
    connection: &Connection,
    query: &'static str,
    parameters: &[(&str, &dyn ToSql)],
    prefix: u8,
    mut take: impl FnMut(&Found<'_>) -> ControlFlow<()>,
) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(query).map_err(driver)?;
    let mut rows = statement.query(parameters).map_err(driver)?;
    while let Some(row) = rows.next().map_err(driver)? {
        let found = Found::read(row).map_err(driver)?;
        if found.prefix >= prefix && take(&found).is_break() {
            break;
        }
    }
    Ok(())
}

/// All events of a network, put in order; `None` when there are too many for that.
fn narrow(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    limit: usize,
) -> Result<Option<Vec<Place>>, StorageError> {
    // The best so far, the worst of them at the top.
    let mut best = BinaryHeap::with_capacity(limit + 1);
    let mut seen = 0;
    of_network(connection, bounds, |found| {
        seen += 1;
        let rank = window.rank(found.place);
        let late = best.len() == limit && best.peek().is_some_and(|(worst, _)| *worst <= rank);
        if !late && window.has(found.place) && found.fits(selection) {
            best.push((rank, found.place));
            if best.len() > limit {
                best.pop();
            }
        }
        if seen <= NARROW {
            Continue(())
        } else {
            Break(())
        }
    })?;
    Ok((seen <= NARROW).then(|| {
        let in_order = best.into_sorted_vec().into_iter();
        in_order.map(|(_, place)| place).collect()
    }))
}

/// Goes through all events in the order of time to those of a network; `None` when there are too few among the first `most`.
fn wide(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    (limit, most): (usize, usize),
) -> Result<Option<Vec<Place>>, StorageError> {
    let query = if window.oldest_first {
        queries::EVENTS_TIMES_OLDEST
    } else {
        queries::EVENTS_TIMES_NEWEST
    };
    let mut statement = connection.prepare_cached(query).map_err(driver)?;
    let mut rows = statement
        .query(named_params! { ":from": window.from, ":until": window.until })
        .map_err(driver)?;
    let mut places: Vec<Place> = Vec::new();
    // From where on all are of one moment: the index has them in another order than the page.
    let (mut moment, mut seen) = (0, 0);
    let sort = |places: &mut Vec<Place>, moment: usize| {
        if let Some(same) = places.get_mut(moment..) {
            same.sort_unstable_by_key(|place| window.rank(*place));
        }
    };
    while let Some(row) = rows.next().map_err(driver)? {
        seen += 1;
        let place = Place {
            at: row.get(0).map_err(driver)?,
            id: row.get(1).map_err(driver)?,
        };
        if places.get(moment).is_some_and(|first| first.at != place.at) {
            sort(&mut places, moment);
            moment = places.len();
            if moment >= limit {
                break;
            }
        }
        if seen > most {
            return Ok(None);
        }
        if window.has(place) && row_fits(row, bounds, selection)? {
            places.push(place);
        }
    }
    sort(&mut places, moment);
    places.truncate(limit);
    Ok(Some(places))
}

/// Goes through what is selected, in order, to what is in the network.
fn among_selected(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    limit: usize,
) -> Result<Vec<Place>, StorageError> {
    let ranges = pages::ranges(connection, selection, &Jails::load(connection)?)?;
    let mut statement = connection
        .prepare_cached(queries::EVENTS_SUBJECT)
        .map_err(driver)?;
    let (mut window, mut places) = (*window, Vec::new());
    loop {
        let chunk = pages::merge(connection, ranges.clone(), &window, CHUNK)?;
        for place in &chunk {
            let inside = statement
                .query_row([place.id], |row| {
                    let address = row.get_ref(0)?.as_blob().unwrap_or_default();
                    Ok(bounds.has(address, row.get(1)?))
                })
                .map_err(driver)?;
            if inside {
                places.push(*place);
                if places.len() == limit {
                    return Ok(places);
                }
            }
        }
        match chunk.last() {
            Some(last) if chunk.len() == CHUNK => window = window.after(*last),
            _ => return Ok(places),
        }
    }
}

fn row_fits(row: &Row<'_>, bounds: &Bounds, selection: &Selection) -> Result<bool, StorageError> {
    let address = row.get_ref(5).map_err(driver)?;
    Ok(address
        .as_blob()
        .is_ok_and(|address| row.get(2).is_ok_and(|prefix| bounds.has(address, prefix)))
        && selection.has_jail(row.get(3).map_err(driver)?)
        && selection.has_kind(row.get(4).map_err(driver)?))
}
