//! Numbered steps from an empty file to this version's tables.
use std::path::Path;

use rusqlite::{Connection, Error, Transaction, TransactionBehavior, named_params};

use super::{
    error::{OpenError, opening},
    queries,
};

/// One step. Never changed once released: databases have run it as it was.
pub(super) struct Migration {
    /// What it is called in `schema_version` and the log.
    pub(super) name: &'static str,
    /// Its statements. Foreign keys are not enforced while they run, and are checked afterwards.
    pub(super) sql: &'static str,
}

/// The steps; the first leads to version 1.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "first",
        sql: include_str!("../../migrations/0001_first.sql"),
    },
    Migration {
        name: "history",
        sql: include_str!("../../migrations/0002_history.sql"),
    },
    Migration {
        name: "settings",
        sql: include_str!("../../migrations/0003_settings.sql"),
    },
    Migration {
        name: "recent",
        sql: include_str!("../../migrations/0004_recent.sql"),
    },
    Migration {
        name: "stretches",
        sql: include_str!("../../migrations/0005_stretches.sql"),
    },
    Migration {
        name: "tasks",
        sql: include_str!("../../migrations/0006_tasks.sql"),
    },
    Migration {
        name: "blocking",
        sql: include_str!("../../migrations/0007_blocking.sql"),
    },
    Migration {
        name: "quarters",
        sql: include_str!("../../migrations/0008_quarters.sql"),
    },
    Migration {
        name: "reasons",
        sql: include_str!("../../migrations/0009_reasons.sql"),
    },
    Migration {
        name: "own_bans_gone",
        sql: include_str!("../../migrations/0010_own_bans_gone.sql"),
    },
    Migration {
        name: "covers",
        sql: include_str!("../../migrations/0011_covers.sql"),
    },
    Migration {
        name: "left_out",
        sql: include_str!("../../migrations/0012_left_out.sql"),
    },
    Migration {
        name: "own_bans_confirmed",
        sql: include_str!("../../migrations/0013_own_bans_confirmed.sql"),
    },
    Migration {
        name: "in_time",
        sql: include_str!("../../migrations/0014_in_time.sql"),
    },
];

/// The version of a database, 0 when it is empty. Refuses what another program or a newer version made.
pub(super) fn identify(
    connection: &Connection,
    path: &Path,
    steps: &[Migration],
) -> Result<i64, OpenError> {
    let failed = |error| opening(path, error);
    let (ours, used) = connection
        .query_row(queries::SCHEMA_IS_OURS, [], |row| {
            Ok((row.get::<_, bool>(0)?, row.get::<_, bool>(1)?))
        })
        .map_err(failed)?;
    if !used {
        return Ok(0);
    }
    if !ours {
        return Err(OpenError::Foreign {
            path: path.to_owned(),
        });
    }
    let found = version(connection).map_err(failed)?;
    let supported = number(steps.len());
    if found > supported {
        return Err(OpenError::NewerVersion { found, supported });
    }
    Ok(found)
}

/// Runs the steps that a database lacks, each in a transaction with its row.
pub(super) fn migrate(
    connection: &mut Connection,
    path: &Path,
    steps: &[Migration],
) -> Result<(), OpenError> {
    let mut found = identify(connection, path, steps)?;
    let supported = number(steps.len());
    if found == supported {
        return Ok(());
    }
    // Tables are rebuilt by some migrations, which enforced keys would turn into deletions. Has no effect within a transaction.
    connection
        .pragma_update(None, "foreign_keys", false)
        .map_err(|error| opening(path, error))?;
    while found < supported {
        found = step(connection, path, steps)?;
    }
    Ok(())
}

/// Runs the next step; answers the version that the database then has.
fn step(connection: &mut Connection, path: &Path, steps: &[Migration]) -> Result<i64, OpenError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|error| opening(path, error))?;
    // Asked again under the lock: another process may have been quicker.
    let found = identify(&transaction, path, steps)?;
    let Some(migration) = usize::try_from(found).ok().and_then(|next| steps.get(next)) else {
        return Ok(found);
    };
    let next = found + 1;
    apply(transaction, migration, next).map_err(|error| match opening(path, error) {
        OpenError::Failed { source, .. } => OpenError::Migration {
            version: next,
            source,
        },
        known => known,
    })?;
    tracing::info!(database.version = next, migration.name, "database migrated");
    Ok(next)
}

fn apply(transaction: Transaction<'_>, migration: &Migration, version: i64) -> Result<(), Error> {
    transaction.execute_batch(migration.sql)?;
    transaction.pragma_query(None, "foreign_key_check", |_| {
        Err(Error::ToSqlConversionFailure(
            "a row refers to one that is gone".into(),
        ))
    })?;
    transaction.execute(
        queries::SCHEMA_INSERT,
        named_params! { ":version": version, ":name": migration.name },
    )?;
    transaction.commit()
}

fn version(connection: &Connection) -> Result<i64, Error> {
    connection
        .query_row(queries::SCHEMA_VERSION, [], |row| row.get(0))
        .map(Option::unwrap_or_default)
}

/// A count of steps as a version.
fn number(steps: usize) -> i64 {
    i64::try_from(steps).unwrap_or(i64::MAX)
}
