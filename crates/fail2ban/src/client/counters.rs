//! Jails and their counters, never by fetching addresses.

use super::capabilities::Capabilities;
use super::connection::Connection;
use super::{Client, ClientError, CommandClass, SCRATCH_JAIL_PREFIX, argument};
use crate::protocol::Value;
use crate::{JailCounters, JailStatus};

impl Client {
    /// The names of all jails, as the daemon says them, in order of name.
    pub async fn jails(&self) -> Result<Vec<String>, ClientError> {
        let status = vec!["status".into()];
        let mut connection = self.connect(CommandClass::Read, Some(&status)).await?;
        jail_names(&mut connection).await
    }

    /// The counters of all jails, in order of name: one question where the daemon has it, else one for
    /// each jail, all over one connection.
    pub async fn counters(&self) -> Result<Vec<JailCounters>, ClientError> {
        let Capabilities { stats, .. } = self.capabilities().await?;
        let mut connection = self.connect(CommandClass::Read, None).await?;
        let at_once = if stats {
            by_stats(&mut connection).await?
        } else {
            None
        };
        let mut counters = if let Some(counters) = at_once {
            counters
        } else {
            if stats {
                // Another daemon than the one that was asked what it can do.
                self.inner.known.forget_capabilities();
            }
            by_status(&mut connection).await?
        };
        counters.retain(|counters| !counters.jail.starts_with(SCRATCH_JAIL_PREFIX));
        counters.sort_by(|one, other| one.jail.cmp(&other.jail));
        Ok(counters)
    }

    /// A jail's counters and what it reads.
    pub async fn jail_status(&self, jail: &str) -> Result<JailStatus, ClientError> {
        let command = ["status".into(), argument::jail(jail)?, "short".into()];
        let answer = self.request(&command, CommandClass::Read).await?;
        parse_status(&answer).ok_or_else(|| ClientError::unexpected("status", &answer))
    }
}

/// `None` if the daemon does not know `stats`.
async fn by_stats(
    connection: &mut Connection<'_>,
) -> Result<Option<Vec<JailCounters>>, ClientError> {
    let reply = connection.exchange(&[vec!["stats".into()]]).await?.pop();
    let answer = match reply {
        Some(Ok(answer)) => answer,
        Some(Err(error)) if error.is_unknown_command() => return Ok(None),
        Some(Err(error)) => return Err(error.into()),
        None => return Ok(None),
    };
    let rows: Option<Vec<JailCounters>> = answer.as_pairs().and_then(|pairs| {
        pairs
            .iter()
            .map(|(jail, row)| parse_stats(jail, row))
            .collect()
    });
    rows.map(Some)
        .ok_or_else(|| ClientError::unexpected("stats", &answer))
}

fn parse_stats(jail: &Value, row: &Value) -> Option<JailCounters> {
    let [backend, failed, banned] = row.as_items()? else {
        return None;
    };
    let ([currently_failed, total_failed], [currently_banned, total_banned]) =
        (failed.as_items()?, banned.as_items()?)
    else {
        return None;
    };
    Some(JailCounters {
        jail: jail.as_str()?.to_owned(),
        backend: backend.as_str().map(str::to_owned),
        currently_failed: count(currently_failed)?,
        total_failed: count(total_failed)?,
        currently_banned: count(currently_banned)?,
        total_banned: count(total_banned)?,
    })
}

async fn by_status(connection: &mut Connection<'_>) -> Result<Vec<JailCounters>, ClientError> {
    let jails = jail_names(connection).await?;
    let commands: Vec<Vec<Value>> = jails
        .iter()
        .map(|jail| vec!["status".into(), jail.as_str().into(), "short".into()])
        .collect();
    let replies = connection.exchange(&commands).await?;
    let mut counters = Vec::with_capacity(jails.len());
    for (jail, reply) in jails.into_iter().zip(replies) {
        let answer = match reply {
            Ok(answer) => answer,
            // Stopped since the names were asked for.
            Err(error) if error.is_unknown_jail() => continue,
            Err(error) => return Err(error.into()),
        };
        let status =
            parse_status(&answer).ok_or_else(|| ClientError::unexpected("status", &answer))?;
        counters.push(JailCounters {
            jail,
            backend: None,
            currently_failed: status.currently_failed,
            total_failed: status.total_failed,
            currently_banned: status.currently_banned,
            total_banned: status.total_banned,
        });
    }
    Ok(counters)
}

/// The names are one text, joined by comma and space. Where a name contains that itself, the number of
/// jails tells, and the names are taken from an answer that keeps them apart, at the cost of all addresses.
async fn jail_names(connection: &mut Connection<'_>) -> Result<Vec<String>, ClientError> {
    let reply = connection.exchange(&[vec!["status".into()]]).await?.pop();
    let answer = reply.transpose()?.unwrap_or(Value::None);
    let (number, text) =
        parse_names(&answer).ok_or_else(|| ClientError::unexpected("status", &answer))?;
    let mut names: Vec<String> = match number {
        0 => Vec::new(),
        _ => text.split(", ").map(str::to_owned).collect(),
    };
    if names.len() != number {
        names = names_by_bans(connection).await?;
    }
    names.retain(|name| !name.starts_with(SCRATCH_JAIL_PREFIX));
    names.sort();
    Ok(names)
}

fn parse_names(answer: &Value) -> Option<(usize, &str)> {
    let rows = answer.as_items()?;
    let number = row(rows, "Number of jail")?.as_int()?;
    let names = row(rows, "Jail list")?.as_str()?;
    Some((usize::try_from(number).ok()?, names))
}

async fn names_by_bans(connection: &mut Connection<'_>) -> Result<Vec<String>, ClientError> {
    let reply = connection.exchange(&[vec!["banned".into()]]).await?.pop();
    let answer = reply.transpose()?.unwrap_or(Value::None);
    let names: Option<Vec<String>> = answer.as_items().and_then(|jails| {
        jails
            .iter()
            .map(|jail| Some(jail.as_pairs()?.first()?.0.as_str()?.to_owned()))
            .collect()
    });
    names.ok_or_else(|| ClientError::unexpected("banned", &answer))
}

fn parse_status(answer: &Value) -> Option<JailStatus> {
    let rows = answer.as_items()?;
    let (filter, actions) = (
        row(rows, "Filter")?.as_items()?,
        row(rows, "Actions")?.as_items()?,
    );
    Some(JailStatus {
        currently_failed: count(row(filter, "Currently failed")?)?,
        total_failed: count(row(filter, "Total failed")?)?,
        currently_banned: count(row(actions, "Currently banned")?)?,
        total_banned: count(row(actions, "Total banned")?)?,
        files: row(filter, "File list").and_then(texts),
        journal_matches: row(filter, "Journal matches").and_then(texts),
    })
}

fn row<'v>(rows: &'v [Value], name: &str) -> Option<&'v Value> {
    rows.iter().find_map(|row| match row.as_items() {
        Some([key, value]) if key.as_str() == Some(name) => Some(value),
        _ => None,
    })
}

fn texts(list: &Value) -> Option<Vec<String>> {
    Some(list.as_items()?.iter().map(Value::to_string).collect())
}

fn count(value: &Value) -> Option<u64> {
    u64::try_from(value.as_int()?).ok()
}
