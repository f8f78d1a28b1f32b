//! Rows of `protected_networks`.
use domain::StorageError;
use ipnet::IpNet;
use rusqlite::{Connection, named_params};

use super::{
    super::{error::driver, queries},
    inconsistent,
    lists::execute,
};

pub(super) fn all(connection: &Connection) -> Result<Vec<IpNet>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::PROTECTED_ALL)
        .map_err(driver)?;
    let mut rows = statement.query([]).map_err(driver)?;
    let mut networks = Vec::new();
    while let Some(row) = rows.next().map_err(driver)? {
        let text: String = row.get("network").map_err(driver)?;
        let network = text.parse();
        networks.push(network.map_err(|_| inconsistent("protected_networks", "network is none"))?);
    }
    Ok(networks)
}

/// Replaces all of them.
pub(super) fn replace(connection: &Connection, networks: &[IpNet]) -> Result<(), StorageError> {
    execute(connection, queries::PROTECTED_CLEAR, &[])?;
    networks.iter().try_for_each(|network| {
        let values = named_params! { ":network": network.to_string() };
        execute(connection, queries::PROTECTED_INSERT, values).map(|_| ())
    })
}
