//! The part of BanGUI's own table.
use domain::BlockedBan;
use firewall::{Table, TableError, Where};
use ipnet::IpNet;

use super::{InTable, Told, meet, single};
use crate::firewall::PacketFilter;

/// What it holds; nothing where there is no such table.
pub(super) async fn holds(filter: &PacketFilter, network: IpNet) -> Told<InTable> {
    let Some(table) = table(filter).await? else {
        return Ok(InTable::default());
    };
    let mut held = InTable {
        bans: bans(&table, network).await?,
        ..InTable::default()
    };
    let Some(address) = single(network) else {
        return Ok(held);
    };
    for place in unless_absent(table.holds(address).await)? {
        match place {
            Where::Allowed { network } => held.allowed.push(network),
            Where::Blocked => held.blocked = true,
            Where::BlockedOut => held.blocked_out = true,
            // It is among all bans.
            Where::Banned(_) => {}
        }
    }
    Ok(held)
}

async fn bans(table: &Table, network: IpNet) -> Told<Vec<BlockedBan>> {
    let all = unless_absent(table.bans().await)?;
    let hits = all.into_iter().filter(|ban| meet(ban.network, network));
    let mut bans: Vec<BlockedBan> = hits
        .map(|ban| BlockedBan {
            network: ban.network,
            remaining: ban.remaining,
            // The kernel does not know.
            confirmed: None,
        })
        .collect();
    bans.sort_by_key(|ban| ban.network);
    Ok(bans)
}

/// Ends its bans made by hand that have an address in common with a network.
pub(super) async fn unban(filter: &PacketFilter, network: IpNet) -> Told<()> {
    let Some(table) = table(filter).await? else {
        return Ok(());
    };
    let found = bans(&table, network).await?;
    if found.is_empty() {
        return Ok(());
    }
    let networks: Vec<IpNet> = found.iter().map(|ban| ban.network).collect();
    unless_absent(table.unban(&networks).await)
}

/// Lets a network through; `false` where there is no such table.
pub(super) async fn allow(filter: &PacketFilter, network: IpNet) -> Told<bool> {
    let Some(table) = table(filter).await? else {
        return Ok(false);
    };
    match table.allow(&[network]).await {
        Err(TableError::Absent) => Ok(false),
        done => done.map(|()| true).map_err(|error| error.to_string()),
    }
}

/// `None` where this machine has none, as nothing was loaded since it started.
async fn table(filter: &PacketFilter) -> Told<Option<Table>> {
    let table = filter.table().await.map_err(|error| error.to_string())?;
    let state = table.state().await.map_err(|error| error.to_string())?;
    Ok(state.map(|_| table))
}

/// Removed meanwhile, it holds nothing.
fn unless_absent<T: Default>(told: Result<T, TableError>) -> Told<T> {
    match told {
        Err(TableError::Absent) => Ok(T::default()),
        told => told.map_err(|error| error.to_string()),
    }
}
