//! Every filter of equal values is a union of ranges of an index, each in the order of a page.
use std::collections::VecDeque;

use domain::StorageError;
use rusqlite::{Connection, OptionalExtension as _, ToSql, named_params};

use super::super::{error::driver, queries};
use super::{
    index::Index,
    names::Jails,
    places::{Place, Window},
    selection::Selection,
    stretches::{self, Divided, Visit},
};

/// A range of an index: one value of each of its columns before the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    index: Index,
    /// Of [`COLUMNS`]; those that the index does not have are 0.
    values: [i64; 6],
}

/// The columns before the time; each index has some of them.
pub(super) const COLUMNS: [&str; 6] = [":stretch", ":asn", ":country", ":kind", ":origin", JAIL];
const JAIL: &str = ":jail";

/// Kind, origin and jail.
type Sort = [i64; 3];

/// Shows the ranges that together are exactly what is selected, until there is enough: those of a stretch at a time, in the order of a page, when the index is
/// divided.
pub(super) fn each(
    connection: &Connection,
    selection: &Selection,
    jails: &Jails,
    window: &Window,
    mut see: impl FnMut(Vec<Range>) -> Result<Visit, StorageError>,
) -> Result<(), StorageError> {
    let index = Index::of(selection);
    let sorts = sorts(selection, index, jails);
    if !index.is_divided() {
        let ranges = sorts.iter().map(|sort| Range::new(index, [0; 3], *sort));
        return see(ranges.collect()).map(|_| ());
    }
    stretches::each(connection, Divided::ByPlace, window, |stretch| {
        let mut ranges = Vec::new();
        for place in places(connection, selection, index, stretch)? {
            match *sorts {
                // There are others to pass over only where there are several.
                [sort] => ranges.push(Range::new(index, place, sort)),
                _ if !index.has_sorts() => ranges.push(Range::new(index, place, [0; 3])),
                _ => add_known(connection, index, place, &sorts, &mut ranges)?,
            }
        }
        if ranges.is_empty() {
            return Ok(Visit::default());
        }
        see(ranges)
    })
}

/// How many events are selected in the window, at most `limit`.
pub(super) fn count(
    connection: &Connection,
    selection: &Selection,
    jails: &Jails,
    window: &Window,
    limit: u64,
) -> Result<u64, StorageError> {
    if let (None, Some(query)) = (&selection.jails, Index::of(selection).count_of_sort())
        && window.is_ever()
    {
        return count_by_sorts(connection, (selection, query), window, limit);
    }
    let mut counted = 0;
    each(connection, selection, jails, window, |ranges| {
        let before = counted;
        for range in ranges {
            if counted < limit {
                counted += range.count(connection, window, limit - counted)?;
            }
        }
        Ok(Visit {
            found: counted > before,
            enough: counted >= limit,
        })
    })?;
    Ok(counted)
}

/// The same at any time and in any jail: those of a kind and an origin lie together, and for a count they may lie in any order.
fn count_by_sorts(
    connection: &Connection,
    (selection, query): (&Selection, &'static str),
    window: &Window,
    limit: u64,
) -> Result<u64, StorageError> {
    let index = Index::of(selection);
    let mut statement = connection.prepare_cached(query).map_err(driver)?;
    let mut counted = 0;
    stretches::each(connection, Divided::ByPlace, window, |stretch| {
        let before = counted;
        for place in places(connection, selection, index, stretch)? {
            for (kind, origin) in selection.sorts() {
                let range = Range::new(index, place, [kind, origin, 0]);
                let limit = i64::try_from(limit.saturating_sub(counted)).unwrap_or(i64::MAX);
                let parameters: Vec<(&str, &dyn ToSql)> = range
                    .parameters()
                    .filter(|(name, _)| *name != JAIL)
                    .chain([(":limit", &limit as &dyn ToSql)])
                    .collect();
                counted += statement
                    .query_row(parameters.as_slice(), |row| row.get::<_, i64>(0))
                    .map_err(driver)?
                    .unsigned_abs();
            }
        }
        Ok(Visit {
            found: counted > before,
            enough: counted >= limit,
        })
    })?;
    Ok(counted)
}

/// What is selected beside the place, ascending.
fn sorts(selection: &Selection, index: Index, jails: &Jails) -> Vec<Sort> {
    let jails = match &selection.jails {
        Some(jails) => jails.clone(),
        None if index == Index::Kind => vec![0],
        None => jails.ids().collect(),
    };
    if !index.has_sorts() {
        return jails.into_iter().map(|jail| [0, 0, jail]).collect();
    }
    let kinds = selection.sorts();
    let with_jails = |(kind, origin)| jails.iter().map(move |jail| [kind, origin, *jail]);
    kinds.into_iter().flat_map(with_jails).collect()
}

/// Stretch, network and country of what is selected; the network is 0 when countries are.
fn places(
    connection: &Connection,
    selection: &Selection,
    index: Index,
    stretch: i64,
) -> Result<Vec<[i64; 3]>, StorageError> {
    if index == Index::NetworkInTime {
        let asns = selection.asns.iter();
        return Ok(asns.map(|asn| [stretch, *asn, 0]).collect());
    }
    if selection.asns.is_empty() {
        let countries = selection.countries.iter();
        return Ok(countries.map(|country| [stretch, 0, *country]).collect());
    }
    let mut places = Vec::new();
    for asn in &selection.asns {
        let countries = if selection.countries.is_empty() {
            countries_of(connection, stretch, *asn)?
        } else {
            selection.countries.clone()
        };
        places.extend(
            countries
                .into_iter()
                .map(|country| [stretch, *asn, country]),
        );
    }
    Ok(places)
}

/// The countries with events of a network in a stretch: nearly always one.
fn countries_of(connection: &Connection, stretch: i64, asn: i64) -> Result<Vec<i64>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::EVENTS_COUNTRIES_OF_NETWORK)
        .map_err(driver)?;
    let mut countries = Vec::new();
    let mut last = -1;
    while let Some(next) = statement
        .query_row(
            named_params! { ":stretch": stretch, ":asn": asn, ":after": last },
            |row| row.get(0),
        )
        .optional()
        .map_err(driver)?
    {
        countries.push(next);
        last = next;
    }
    Ok(countries)
}

/// Adds the ranges of a place that have events. Of most places a stretch has few, and one question tells that all before the next are empty.
fn add_known(
    connection: &Connection,
    index: Index,
    place: [i64; 3],
    sorts: &[Sort],
    ranges: &mut Vec<Range>,
) -> Result<(), StorageError> {
    let mut statement = connection
        .prepare_cached(index.next_sort())
        .map_err(driver)?;
    let mut wanted = sorts.iter().copied().peekable();
    while let Some(sort) = wanted.peek() {
        let from = Range::new(index, place, *sort);
        let parameters: Vec<_> = from.parameters().collect();
        let next: Option<Sort> = statement
            .query_row(parameters.as_slice(), |row| {
                Ok([row.get(0)?, row.get(1)?, row.get(2)?])
            })
            .optional()
            .map_err(driver)?;
        let Some(next) = next else {
            break;
        };
        while wanted.next_if(|sort| *sort < next).is_some() {}
        if let Some(sort) = wanted.next_if_eq(&next) {
            ranges.push(Range::new(index, place, sort));
        }
    }
    Ok(())
}

impl Range {
    const fn new(
        index: Index,
        [stretch, asn, country]: [i64; 3],
        [kind, origin, jail]: Sort,
    ) -> Self {
        Self {
            index,
            values: [stretch, asn, country, kind, origin, jail],
        }
    }

    /// The values of the columns that the index has.
    fn parameters(&self) -> impl Iterator<Item = (&'static str, &dyn ToSql)> {
        let has = self.index.columns();
        COLUMNS
            .into_iter()
            .zip(self.values.iter().map(|value| -> &dyn ToSql { value }))
            .zip(has)
            .filter_map(|(column, has)| has.then_some(column))
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
    fn count(
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

#[cfg(test)]
mod tests;
