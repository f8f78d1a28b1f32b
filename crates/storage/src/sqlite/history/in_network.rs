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
    names,
    places::{Place, Window},
    selection::Selection,
    subject::bounds,
};

/// The most events of a network that are put in order one by one (4 ms); of more, some will soon be met by going through all events in order.
const NARROW: usize = 20_000;

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

    /// The column of that name.
    fn family(&self) -> i64 {
        if self.first.len() == 4 { 4 } else { 16 }
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
    let take = |found: &Found| {
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
            if let Some(places) = narrow(connection, bounds, selection, window, limit)? {
                return Ok(places);
            }
            wide(connection, bounds, selection, window, |place| {
                places.push(place);
                places.len() < limit
            })?;
        }
    }
    Ok(places)
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
    let take = |found: &Found| {
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
        Subject::Network(bounds) => of_network(connection, bounds, take)?,
    }
    Ok(count)
}

/// An event as the indexes by subject show it.
struct Found {
    place: Place,
    jail: i64,
    kind: i64,
    origin: i64,
    country: i64,
    asn: i64,
}

impl Found {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            place: Place {
                at: row.get(0)?,
                id: row.get(1)?,
            },
            jail: row.get(3)?,
            kind: row.get(4)?,
            origin: row.get(5)?,
            country: row.get(6)?,
            asn: row.get(7)?,
        })
    }

    fn fits(&self, selection: &Selection) -> bool {
        selection.has_kind(self.kind)
            && selection.has_origin(self.origin)
            && selection.has_jail(self.jail)
            && selection.has_place(self.country, self.asn)
    }
}

fn of_address(
    connection: &Connection,
    bounds: &Bounds,
    window: &Window,
    take: impl FnMut(&Found) -> ControlFlow<()>,
) -> Result<(), StorageError> {
    let query = if window.oldest_first {
        queries::EVENTS_ADDRESS_OLDEST
    } else {
        queries::EVENTS_ADDRESS_NEWEST
    };
    let parameters = named_params! {
        ":family": bounds.family(), ":first": bounds.first,
        ":from": window.from, ":until": window.until, ":at": window.after.at, ":id": window.after.id,
    };
    each(connection, query, parameters, bounds.prefix, take)
}

fn of_text(
    connection: &Connection,
    text: i64,
    window: &Window,
    take: impl FnMut(&Found) -> ControlFlow<()>,
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
    take: impl FnMut(&Found) -> ControlFlow<()>,
) -> Result<(), StorageError> {
    let parameters = named_params! {
        ":family": bounds.family(), ":first": bounds.first, ":last": bounds.last,
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
    mut take: impl FnMut(&Found) -> ControlFlow<()>,
) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(query).map_err(driver)?;
    let mut rows = statement.query(parameters).map_err(driver)?;
    while let Some(row) = rows.next().map_err(driver)? {
        if row.get::<_, u8>(2).map_err(driver)? >= prefix
            && take(&Found::read(row).map_err(driver)?).is_break()
        {
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
        if found.fits(selection) && window.has(found.place) {
            best.push((window.rank(found.place), found.place));
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

/// Goes through all events in the order of time, and shows those of a network until told to stop.
fn wide(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    mut take: impl FnMut(Place) -> bool,
) -> Result<(), StorageError> {
    let query = if window.oldest_first {
        queries::EVENTS_TIMES_OLDEST
    } else {
        queries::EVENTS_TIMES_NEWEST
    };
    let mut statement = connection.prepare_cached(query).map_err(driver)?;
    let mut rows = statement
        .query(named_params! { ":from": window.from, ":until": window.until })
        .map_err(driver)?;
    // Those of one moment: the index has them in another order than the page.
    let mut moment: Vec<Place> = Vec::new();
    let mut flush = |moment: &mut Vec<Place>| {
        moment.sort_unstable_by_key(|place| window.rank(*place));
        moment.drain(..).all(&mut take)
    };
    while let Some(row) = rows.next().map_err(driver)? {
        let place = Place {
            at: row.get(0).map_err(driver)?,
            id: row.get(1).map_err(driver)?,
        };
        if moment.last().is_some_and(|last| last.at != place.at) && !flush(&mut moment) {
            return Ok(());
        }
        if window.has(place) && row_fits(connection, row, bounds, selection)? {
            moment.push(place);
        }
    }
    flush(&mut moment);
    Ok(())
}

fn row_fits(
    connection: &Connection,
    row: &Row<'_>,
    bounds: &Bounds,
    selection: &Selection,
) -> Result<bool, StorageError> {
    let address = row.get_ref(5).map_err(driver)?;
    if !address
        .as_blob()
        .is_ok_and(|address| row.get(2).is_ok_and(|prefix| bounds.has(address, prefix)))
        || !selection.has_jail(row.get(3).map_err(driver)?)
        || !selection.has_kind(row.get(4).map_err(driver)?)
    {
        return Ok(false);
    }
    if selection.origins.is_empty() && selection.countries.is_empty() && selection.asns.is_empty() {
        return Ok(true);
    }
    let id: i64 = row.get(1).map_err(driver)?;
    connection
        .prepare_cached(queries::EVENTS_PLACE)
        .and_then(|mut statement| {
            statement.query_row([id], |row| {
                Ok(selection.has_origin(row.get(0)?)
                    && selection.has_place(row.get(1)?, row.get(2)?))
            })
        })
        .map_err(driver)
}
