//! Who fails and is not banned.
use std::{cmp::Reverse, collections::HashMap};

use domain::{
    BanSubject, EventFilter, EventKind, EventQuery, Failing, HostId, PageSize, StorageError,
    Timestamp,
};
use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::super::{error::driver, queries};
use super::{
    codes, in_network,
    moment::Moment,
    names::{self, Jail, Jails},
    pages,
    places::Window,
    selection::Selection,
    subject::Columns,
    subjects,
};

const HOUR: i64 = 60 * 60 * 1000;

/// Who failed in the hours since a moment, most failures first, without those who were banned there since; who failed again after the ban was over is one who fails.
pub(super) fn failing(
    moment: &Moment<'_>,
    host: Option<&HostId>,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<Failing>, StorageError> {
    let jails = moment.jails()?;
    let meant = jails.meant(host, &[]);
    let since = since.as_millis();
    let mut found = Vec::new();
    let mut ends = HashMap::new();
    // Of those without a ban since, the counts are final: when there are enough of them, nobody who follows can come before them.
    let mut final_counts = 0;
    for sum in sums(moment, since, |_| since)? {
        let (jail, subject, _, last_at) = &sum;
        if final_counts >= limit {
            break;
        }
        if meant.as_ref().is_some_and(|meant| !meant.contains(jail)) {
            continue;
        }
        match banned(moment, subject, jails.get(*jail)?, (*jail, since))? {
            Banned::No => final_counts += 1,
            Banned::Until(end) if end < *last_at => {
                ends.insert((*jail, *subject), end + 1);
            }
            Banned::Until(_) | Banned::Still => continue,
        }
        found.push(sum);
    }
    if !ends.is_empty() {
        // Who was banned meanwhile: what led to the ban does not count any more.
        let again = sums(moment, since, |of| ends.get(of).copied().unwrap_or(since))?;
        let sums: HashMap<_, _> = again
            .into_iter()
            .filter(|(jail, subject, ..)| ends.contains_key(&(*jail, *subject)))
            .map(|(jail, subject, count, _)| ((jail, subject), count))
            .collect();
        for (jail, subject, count, _) in &mut found {
            if let Some(since_end) = sums.get(&(*jail, *subject)) {
                *count = *since_end;
            }
        }
        found.sort_by_key(|(_, _, count, last_at)| Reverse((*count, *last_at)));
    }
    found.truncate(limit);
    found
        .into_iter()
        .map(|sum| told(moment, &jails, &sum))
        .collect()
}

fn told(
    moment: &Moment<'_>,
    jails: &Jails,
    (jail, subject, failures, last_at): &Sum,
) -> Result<Failing, StorageError> {
    let place = subjects::in_jails(moment, subject)?
        .into_iter()
        .filter(|row| row.country != 0 || row.asn != 0)
        .max_by_key(|row| row.last_at)
        .map_or(Ok(domain::Place::default()), |row| {
            codes::to_place(row.country, row.asn)
        })?;
    let known = jails.get(*jail)?;
    Ok(Failing {
        host: known.host.clone(),
        jail: known.name.clone(),
        subject: subject.subject(|| names::text(moment, subject.text))?,
        failures: *failures,
        last_at: Timestamp::from_millis(*last_at),
        place,
    })
}

type Sum = (i64, Columns, u64, i64);

/// Failures by jail and subject, most first; of each of them since a moment of its own, `since` or later. An hour that has begun before counts when a failure in it
/// is not older.
fn sums(
    connection: &Connection,
    since: i64,
    since_of: impl Fn(&(i64, Columns)) -> i64,
) -> Result<Vec<Sum>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::FAILURES_SINCE)
        .map_err(driver)?;
    let first = since.div_euclid(HOUR).saturating_mul(HOUR);
    let mut rows = statement.query([first]).map_err(driver)?;
    let mut sums: HashMap<(i64, Columns), (u64, i64)> = HashMap::new();
    while let Some(row) = rows.next().map_err(driver)? {
        let last_at: i64 = row.get(5).map_err(driver)?;
        let subject = Columns {
            address: row.get(1).map_err(driver)?,
            prefix: row.get(2).map_err(driver)?,
            text: row.get(3).map_err(driver)?,
        };
        let of = (row.get(0).map_err(driver)?, subject);
        if last_at < since_of(&of) {
            continue;
        }
        let sum = sums.entry(of).or_default();
        sum.0 += row.get::<_, i64>(4).map_err(driver)?.unsigned_abs();
        sum.1 = sum.1.max(last_at);
    }
    let mut sums: Vec<Sum> = sums
        .into_iter()
        .map(|((jail, subject), (failures, last_at))| (jail, subject, failures, last_at))
        .collect();
    sums.sort_unstable_by(|one, other| {
        let key = |sum: &Sum| (Reverse(sum.2), Reverse(sum.3), sum.0);
        key(one).cmp(&key(other)).then_with(|| one.1.cmp(&other.1))
    });
    Ok(sums)
}

/// What became of the bans of a subject in a jail.
enum Banned {
    /// None began since.
    No,
    /// The last one ended then.
    Until(i64),
    /// The last one is not known to have ended.
    Still,
}

fn banned(
    moment: &Moment<'_>,
    subject: &Columns,
    known: &Jail,
    (jail, since): (i64, i64),
) -> Result<Banned, StorageError> {
    if !began(moment, subject, jail, since)? {
        return Ok(Banned::No);
    }
    let name = subject.subject(|| names::text(moment, subject.text))?;
    let mut filter = EventFilter {
        host: Some(known.host.clone()),
        jails: vec![known.name.clone()],
        ..EventFilter::default()
    };
    match &name {
        BanSubject::Network(network) => filter.network = Some(*network),
        BanSubject::Other(text) => filter.other_subject = Some(text.clone()),
    }
    // The events of an address are its own; a network has others' among its own.
    let is_alone = filter
        .network
        .is_none_or(|network| network.prefix_len() == network.max_prefix_len());
    let limit = is_alone.then(|| PageSize::new(1)).flatten();
    let query = EventQuery {
        filter,
        limit: limit.unwrap_or_default(),
        ..EventQuery::default()
    };
    let page = pages::page(moment, &query)?;
    let newest = page.items.iter().find(|event| event.what.subject == name);
    Ok(match newest {
        Some(event) if event.what.kind == EventKind::Unban => {
            Banned::Until(event.what.at.as_millis())
        }
        _ => Banned::Still,
    })
}

/// Whether a ban of the subject in the jail began since.
fn began(
    moment: &Moment<'_>,
    subject: &Columns,
    jail: i64,
    since: i64,
) -> Result<bool, StorageError> {
    let bans = Selection {
        jails: Some(vec![jail]),
        kinds: vec![codes::BAN],
        ..Selection::default()
    };
    let window = Window::between(since, i64::MAX);
    if subject.text == 0 {
        return in_network::count_of(moment, subject, &bans, &window).map(|bans| bans > 0);
    }
    if moment.recent().count_of(subject, &bans, &window) > 0 {
        return Ok(true);
    }
    moment
        .prepare_cached(queries::EVENTS_BANS_OF_TEXT)
        .and_then(|mut statement| {
            statement
                .query_row(
                    named_params! { ":text": subject.text, ":since": since, ":jail": jail },
                    |_| Ok(()),
                )
                .optional()
        })
        .map(|found| found.is_some())
        .map_err(driver)
}
