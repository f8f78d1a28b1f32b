//! Pages of the events in a network. No index has these in the order of a page, so there are several ways to one; each is quick for some networks and
//! filters and slow for others, and they are tried in turn.
use std::{
    collections::BinaryHeap,
    ops::ControlFlow::{Break, Continue},
};

use domain::StorageError;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use super::super::{error::driver, queries};
use super::{
    in_network::{Bounds, Found, of_address, of_network},
    names::Jails,
    pages,
    places::{Place, Window},
    selection::Selection,
};

/// The most events of a network that are put in order one by one before anything else is tried (0.8 ms).
const FEW: usize = 3_000;
/// The same when nothing quicker has worked (5 ms).
const NARROW: usize = 20_000;
/// The same where a filter makes the other ways slower.
const NARROW_FILTERED: usize = 60_000;
/// Bits of the addresses of a network whose newest events are merged address by address: some milliseconds for 256.
const SMALL: i64 = 8;
/// The most addresses that this takes; one more than there are, and the networks among them.
const ADDRESSES: usize = 600;
/// In networks as large as these most events of a page are soon met, so that is tried first.
const LARGE: [u8; 2] = [12, 24];
/// How many events are gone through before another way is tried (2 ms).
const SOON: usize = 8_000;
/// The same where each is looked up (5 ms).
const SOON_SELECTED: usize = 2_000;
/// Events whose subjects are looked at together.
const CHUNK: usize = 500;

/// The first `limit` places of the events in a network.
pub(super) fn page(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    limit: usize,
) -> Result<Vec<Place>, StorageError> {
    let plain = selection.is_any_but_kinds();
    let in_all = |most| wide(connection, bounds, selection, window, (limit, most));
    let in_selected = |most| among_selected(connection, bounds, selection, window, (limit, most));
    let in_network = |most| narrow(connection, bounds, selection, window, (limit, most));
    let mut found = None;
    if !is_large(bounds) {
        found = in_network(FEW)?;
    }
    if found.is_none() && is_small(bounds) {
        found = by_address(connection, bounds, selection, window, limit)?;
    }
    if found.is_none() {
        found = if plain {
            in_all(SOON)?
        } else {
            in_selected(SOON_SELECTED)?
        };
    }
    if found.is_none() {
        found = in_network(if plain { NARROW } else { NARROW_FILTERED })?;
    }
    if found.is_none() {
        found = if plain {
            in_all(usize::MAX)?
        } else {
            in_selected(usize::MAX)?
        };
    }
    Ok(found.unwrap_or_default())
}

/// Whether its addresses can be gone through one by one.
fn is_small(bounds: &Bounds) -> bool {
    bounds.length() * 8 - i64::from(bounds.prefix) <= SMALL
}

fn is_large(bounds: &Bounds) -> bool {
    let [v4, v6] = LARGE;
    bounds.prefix <= if bounds.length() == 4 { v4 } else { v6 }
}

/// The first places of all that were seen, the last of them at the top.
struct Best<'a> {
    window: &'a Window,
    selection: &'a Selection,
    limit: usize,
    heap: BinaryHeap<((i64, i64), Place)>,
}

impl<'a> Best<'a> {
    fn new(window: &'a Window, selection: &'a Selection, limit: usize) -> Self {
        Self {
            window,
            selection,
            limit,
            heap: BinaryHeap::with_capacity(limit + 1),
        }
    }

    /// Whether neither this nor any later one has a chance.
    fn is_late(&self, found: &Found<'_>) -> bool {
        let rank = self.window.rank(found.place);
        self.heap.len() >= self.limit && self.heap.peek().is_none_or(|(last, _)| *last <= rank)
    }

    fn see(&mut self, found: &Found<'_>) {
        if !self.is_late(found) && self.window.has(found.place) && found.fits(self.selection) {
            self.heap.push((self.window.rank(found.place), found.place));
            if self.heap.len() > self.limit {
                self.heap.pop();
            }
        }
    }

    fn places(self) -> Vec<Place> {
        let in_order = self.heap.into_sorted_vec().into_iter();
        in_order.map(|(_, place)| place).collect()
    }
}

/// All events of a network, put in order; `None` when there are too many for that.
fn narrow(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    (limit, most): (usize, usize),
) -> Result<Option<Vec<Place>>, StorageError> {
    let mut best = Best::new(window, selection, limit);
    let mut seen = 0;
    of_network(connection, bounds, |found| {
        seen += 1;
        best.see(found);
        if seen <= most {
            Continue(())
        } else {
            Break(())
        }
    })?;
    Ok((seen <= most).then(|| best.places()))
}

/// The first events of each address, put in order; `None` when there are too many addresses for that.
fn by_address(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    limit: usize,
) -> Result<Option<Vec<Place>>, StorageError> {
    let mut best = Best::new(window, selection, limit);
    let mut next = connection
        .prepare_cached(queries::EVENTS_NEXT_ADDRESS)
        .map_err(driver)?;
    let mut address = bounds.first.clone();
    for _ in 0..ADDRESSES {
        let one = Bounds {
            first: address.clone(),
            last: address.clone(),
            prefix: bounds.prefix,
        };
        of_address(connection, &one, window, |found| {
            if best.is_late(found) {
                return Break(());
            }
            best.see(found);
            Continue(())
        })?;
        let parameters = named_params! {
            ":after": address, ":last": bounds.last, ":length": bounds.length(),
        };
        let Some(following) = next
            .query_row(parameters, |row| row.get(0))
            .optional()
            .map_err(driver)?
        else {
            return Ok(Some(best.places()));
        };
        address = following;
    }
    Ok(None)
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

/// Goes through what is selected, in order, to what is in the network; `None` when there is too little among the first `most`.
fn among_selected(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    (limit, most): (usize, usize),
) -> Result<Option<Vec<Place>>, StorageError> {
    let ranges = pages::ranges(connection, selection, &Jails::load(connection)?)?;
    let mut statement = connection
        .prepare_cached(queries::EVENTS_SUBJECT)
        .map_err(driver)?;
    let (mut window, mut places, mut seen) = (*window, Vec::new(), 0);
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
                    return Ok(Some(places));
                }
            }
        }
        match chunk.last() {
            Some(last) if chunk.len() == CHUNK => window = window.after(*last),
            _ => return Ok(Some(places)),
        }
        seen += chunk.len();
        if seen >= most {
            return Ok(None);
        }
    }
}

/// The index by time tells subject and kind.
fn row_fits(row: &Row<'_>, bounds: &Bounds, selection: &Selection) -> Result<bool, StorageError> {
    let address = row.get_ref(5).map_err(driver)?;
    Ok(address
        .as_blob()
        .is_ok_and(|address| row.get(2).is_ok_and(|prefix| bounds.has(address, prefix)))
        && selection.has_kind(row.get(4).map_err(driver)?))
}

#[cfg(test)]
mod tests;
