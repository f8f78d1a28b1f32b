//! Events of an address, of the subjects in a network, or of a text.
use std::ops::ControlFlow::{self, Break, Continue};

use domain::{EventFilter, StorageError};
use ipnet::IpNet;
use rusqlite::{Connection, named_params};

use super::super::queries;
use super::{
    found::{Asked, Found},
    in_order,
    moment::Moment,
    names, network_count,
    places::{Place, Window},
    selection::Selection,
    stretches,
    subject::{Columns, Octets, bounds},
};

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
    pub(super) first: Octets,
    pub(super) last: Octets,
    pub(super) prefix: u8,
}

impl Bounds {
    pub(super) fn of(network: &IpNet) -> Self {
        let (first, last) = bounds(network);
        Self {
            first,
            last,
            prefix: network.prefix_len(),
        }
    }

    /// The address that is all of it.
    const fn address(&self) -> Columns {
        Columns {
            address: self.first,
            prefix: self.prefix,
            text: 0,
        }
    }

    /// Bytes of an address.
    pub(super) fn length(&self) -> i64 {
        if self.first.len() == 4 { 4 } else { 16 }
    }

    pub(super) fn has(&self, address: &[u8], prefix: u8) -> bool {
        address.len() == self.first.len()
            && prefix >= self.prefix
            && (&*self.first..=&*self.last).contains(&address)
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
    moment: &Moment<'_>,
    subject: &Subject,
    selection: &Selection,
    window: &Window,
    limit: usize,
) -> Result<Vec<Place>, StorageError> {
    let mut places = Vec::new();
    let take = |found: &Found<'_>| {
        if found.fits(selection) {
            places.push(found.place());
        }
        if places.len() < limit {
            Continue(())
        } else {
            Break(())
        }
    };
    match subject {
        Subject::Nobody => {}
        Subject::Address(bounds) => of_address(moment, &bounds.address(), window, take)?,
        Subject::Text(text) => of_text(moment, *text, window, take)?,
        Subject::Network(bounds) => {
            return in_order::page(moment, bounds, selection, window, limit);
        }
    }
    Ok(places)
}

/// How many events of a subject there are, at most about `limit`.
pub(super) fn count(
    moment: &Moment<'_>,
    subject: &Subject,
    selection: &Selection,
    window: &Window,
    limit: u64,
) -> Result<Sum, StorageError> {
    let mut counted = Sum::default();
    let take = |found: &Found<'_>| {
        counted.events += u64::from(found.fits(selection) && window.has(found.place()));
        if counted.events < limit {
            Continue(())
        } else {
            Break(())
        }
    };
    match subject {
        Subject::Nobody => {}
        Subject::Address(bounds) if !network_count::is_told(selection) => {
            of_address(moment, &bounds.address(), window, take)?;
        }
        Subject::Text(text) => of_text(moment, *text, window, take)?,
        Subject::Address(bounds) | Subject::Network(bounds) => {
            return network_count::count(moment, bounds, selection, window, limit);
        }
    }
    Ok(counted)
}

/// Events that were counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    pub(super) events: u64,
    /// Whether there may be more of them.
    pub(super) more: bool,
}

/// How many events of exactly this subject there are.
pub(super) fn count_of(
    moment: &Moment<'_>,
    subject: &Columns,
    selection: &Selection,
    window: &Window,
) -> Result<u64, StorageError> {
    let recent = moment.recent().count_of(subject, selection, window);
    Ok(recent + count_in_tables(moment, subject, selection, window)?)
}

/// The same of those in the tables.
pub(super) fn count_in_tables(
    moment: &Moment<'_>,
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
        of_text(moment, subject.text, window, take)?;
    } else {
        of_address(moment, subject, window, take)?;
    }
    Ok(count)
}

fn of_address(
    moment: &Moment<'_>,
    subject: &Columns,
    window: &Window,
    mut take: impl FnMut(&Found<'_>) -> ControlFlow<()>,
) -> Result<(), StorageError> {
    let query = if window.oldest_first {
        queries::EVENTS_ADDRESS_OLDEST
    } else {
        queries::EVENTS_ADDRESS_NEWEST
    };
    let parameters = named_params! {
        ":first": subject.address,
        ":from": window.from, ":until": window.until, ":at": window.after.at, ":id": window.after.id,
    };
    let mut asked = Asked::prepare(moment, query, parameters, subject.prefix)?;
    stretches::each_of_subject(moment, subject, window, |stretch| {
        asked.in_stretch(stretch, &mut take)
    })
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
    let mut asked = Asked::prepare(connection, query, parameters, 0)?;
    asked.all(take).map(|_| ())
}

/// The events of a network, asked for by stretch, in no order of time; some of those that are not selected are left out.
pub(super) fn of_network<'a>(
    connection: &'a Connection,
    bounds: &Bounds,
    selection: &Selection,
) -> Result<Asked<'a>, StorageError> {
    let query = if selection.is_not_detected() {
        queries::EVENTS_IN_NETWORK_NOT_DETECTED
    } else {
        queries::EVENTS_IN_NETWORK
    };
    let parameters = named_params! {
        ":length": bounds.length(), ":first": bounds.first, ":last": bounds.last,
    };
    Asked::prepare(connection, query, parameters, bounds.prefix)
}
