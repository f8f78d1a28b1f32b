//! Rows of `users`.
use domain::{NewAdmin, PasswordHash, Role, StorageError, Timestamp, User, UserId, UserName};
use rusqlite::{Connection, Row, ToSql, named_params};

use super::{error::driver, queries};

/// The user that `sql` finds by its one parameter.
fn find(
    connection: &Connection,
    sql: &str,
    parameter: (&str, &dyn ToSql),
) -> Result<Option<User>, StorageError> {
    let mut statement = connection.prepare_cached(sql).map_err(driver)?;
    let mut rows = statement.query(&[parameter]).map_err(driver)?;
    let Some(row) = rows.next().map_err(driver)? else {
        return Ok(None);
    };
    Ok(Some(User {
        id: UserId(row.get("id").map_err(driver)?),
        name: name(row)?,
        role: role(row)?,
        password: PasswordHash::new(row.get("password").map_err(driver)?),
        created_at: Timestamp::from_millis(row.get("created_at").map_err(driver)?),
    }))
}

pub(super) fn by_id(connection: &Connection, id: UserId) -> Result<Option<User>, StorageError> {
    find(connection, queries::USERS_BY_ID, (":id", &id.0))
}

pub(super) fn by_name(
    connection: &Connection,
    name: &UserName,
) -> Result<Option<User>, StorageError> {
    find(
        connection,
        queries::USERS_BY_NAME,
        (":name", &name.as_str()),
    )
}

pub(super) fn insert_admin(
    connection: &Connection,
    admin: &NewAdmin,
    at: i64,
) -> Result<UserId, StorageError> {
    connection
        .prepare_cached(queries::USERS_INSERT)
        .and_then(|mut statement| {
            statement.insert(named_params! {
                ":name": admin.name.as_str(),
                ":role": Role::Admin.as_str(),
                ":password": admin.password.expose(),
                ":at": at,
            })
        })
        .map(UserId)
        .map_err(driver)
}

pub(super) fn set_password(
    connection: &Connection,
    user: UserId,
    password: &PasswordHash,
) -> Result<(), StorageError> {
    let changed = connection
        .prepare_cached(queries::USERS_SET_PASSWORD)
        .and_then(|mut statement| {
            statement.execute(named_params! { ":id": user.0, ":password": password.expose() })
        })
        .map_err(driver)?;
    if changed == 0 {
        return Err(StorageError::Inconsistent {
            table: "users",
            what: "there is no such user",
        });
    }
    Ok(())
}

/// The name in a row of users, also of one that is joined.
pub(super) fn name(row: &Row<'_>) -> Result<UserName, StorageError> {
    let name: String = row.get("name").map_err(driver)?;
    name.parse().map_err(|_| StorageError::Inconsistent {
        table: "users",
        what: "name is not a user's name",
    })
}

/// The role in a row of users, also of one that is joined.
pub(super) fn role(row: &Row<'_>) -> Result<Role, StorageError> {
    let role: String = row.get("role").map_err(driver)?;
    Role::parse(&role).ok_or(StorageError::Inconsistent {
        table: "users",
        what: "role is unknown",
    })
}
