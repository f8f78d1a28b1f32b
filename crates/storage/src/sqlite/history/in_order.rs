//! Pages of the events in a network. No index has these in the order of a page, so there are several ways to one; each is quick for some networks and
//! filters and slow for others, and they are tried in turn.
use std::ops::ControlFlow::{Break, Continue};

use domain::StorageError;
use rusqlite::{Connection, Row, named_params};

use super::super::{error::driver, queries};
use super::{
    in_network::{Bounds, of_network},
    moment::Moment,
    pages,
    places::{First, Place, Window},
    selection::Selection,
    stretches::{self, Divided, Visit},
};

/// How many events of all are gone through in the order of time before anything else is tried (0.5 ms): in a network with many, that is a page.
const SOON: usize = 2_000;
/// The same in networks that most events are in.
const SOON_LARGE: usize = 8_000;
/// The most bits of a prefix of such.
const LARGE: [u8; 2] = [12, 24];
/// How many events of the network are gone through before another way is tried (5 ms).
const NARROW: usize = 20_000;
/// How many of those that a filter selects are looked up (5 ms).
const SELECTED: usize = 2_000;
/// Events whose subjects are looked at together.
const CHUNK: usize = 500;

/// The first `limit` places of the events in a network.
pub(super) fn page(
    moment: &Moment<'_>,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    limit: usize,
) -> Result<Vec<Place>, StorageError> {
    let in_network = |most| narrow(moment, bounds, selection, window, (limit, most));
    let mut found = None;
    if selection.is_any_but_kinds() {
        let soon = if is_large(bounds) { SOON_LARGE } else { SOON };
        found = wide(moment, bounds, selection, window, (limit, soon))?;
    }
    if found.is_none() {
        found = in_network(NARROW)?;
    }
    if found.is_none() {
        found = among_selected(moment, bounds, selection, window, (limit, SELECTED))?;
    }
    if found.is_none() {
        found = in_network(usize::MAX)?;
    }
    Ok(found.unwrap_or_default())
}

fn is_large(bounds: &Bounds) -> bool {
    let [v4, v6] = LARGE;
    bounds.prefix <= if bounds.length() == 4 { v4 } else { v6 }
}

/// The events of a network, stretch by stretch, each put in order; `None` when there are too few among the first `most`.
fn narrow(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    (limit, most): (usize, usize),
) -> Result<Option<Vec<Place>>, StorageError> {
    let mut first = First::new(window, limit);
    let mut seen = 0;
    let mut asked = of_network(connection, bounds, selection)?;
    stretches::each(connection, Divided::ByAddress, window, |stretch| {
        let visit = asked.in_stretch(stretch, |found| {
            seen += 1;
            if found.fits(selection) {
                first.see(found.place());
            }
            if seen <= most {
                Continue(())
            } else {
                Break(())
            }
        })?;
        Ok(Visit {
            enough: visit.enough || first.is_full(),
            ..visit
        })
    })?;
    Ok((seen <= most).then(|| first.places()))
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
    moment: &Moment<'_>,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    (limit, most): (usize, usize),
) -> Result<Option<Vec<Place>>, StorageError> {
    let jails = moment.jails()?;
    let mut statement = moment
        .prepare_cached(queries::EVENTS_SUBJECT)
        .map_err(driver)?;
    let (mut window, mut places, mut seen) = (*window, Vec::new(), 0);
    loop {
        let chunk = pages::selected(moment, selection, &jails, &window, CHUNK)?;
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
