//! Who fails and is not banned.
use std::{cmp::Reverse, collections::HashMap};

use domain::{Failing, HostId, StorageError, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::super::{error::driver, queries};
use super::{
    codes, in_network,
    moment::Moment,
    names::{self, Jails},
    places::Window,
    selection::Selection,
    subject::Columns,
    subjects,
};

const HOUR: i64 = 60 * 60 * 1000;

/// Who failed in the hours since a moment, most failures first, without those who were banned there since.
pub(super) fn failing(
    moment: &Moment<'_>,
    host: Option<&HostId>,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<Failing>, StorageError> {
    let jails = Jails::load(moment)?;
    let meant = jails.meant(host, &[]);
    let since = since.as_millis();
    let mut found = Vec::new();
    for (jail, subject, failures, last_at) in sums(moment, since)? {
        if found.len() >= limit {
            break;
        }
        if meant.as_ref().is_some_and(|meant| !meant.contains(&jail))
            || banned(moment, &subject, jail, since)?
        {
            continue;
        }
        let place = subjects::in_jails(moment, &subject)?
            .into_iter()
            .filter(|row| row.country != 0 || row.asn != 0)
            .max_by_key(|row| row.last_at)
            .map_or(Ok(domain::Place::default()), |row| {
                codes::to_place(row.country, row.asn)
            })?;
        let known = jails.get(jail)?;
        found.push(Failing {
            host: known.host.clone(),
            jail: known.name.clone(),
            subject: subject.subject(|| names::text(moment, subject.text))?,
            failures,
            last_at: Timestamp::from_millis(last_at),
            place,
        });
    }
    Ok(found)
}

type Sum = (i64, Columns, u64, i64);

/// Failures by jail and subject, most first. An hour that has begun before the moment counts when a failure in it is not older.
fn sums(connection: &Connection, since: i64) -> Result<Vec<Sum>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::FAILURES_SINCE)
        .map_err(driver)?;
    let first = since.div_euclid(HOUR).saturating_mul(HOUR);
    let mut rows = statement.query([first]).map_err(driver)?;
    let mut sums: HashMap<(i64, Columns), (u64, i64)> = HashMap::new();
    while let Some(row) = rows.next().map_err(driver)? {
        let last_at: i64 = row.get(5).map_err(driver)?;
        if last_at < since {
            continue;
        }
        let subject = Columns {
            address: row.get(1).map_err(driver)?,
            prefix: row.get(2).map_err(driver)?,
            text: row.get(3).map_err(driver)?,
        };
        let sum = sums
            .entry((row.get(0).map_err(driver)?, subject))
            .or_default();
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

/// Whether a ban of the subject in the jail began since.
fn banned(
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
