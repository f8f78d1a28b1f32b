//! Networks that come and go one by one: those that are allowed, and those that are banned by hand.
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    time::{Duration, Instant},
};

use ipnet::IpNet;

use super::{
    program::Programs,
    set::{SetId, halves, seconds},
};
use crate::table::{
    Ban, Content, TableError,
    compare::{Differences, wanted},
    kind::{Family, Single},
};

/// Networks as they can be held.
pub(super) fn split(bans: &[Ban]) -> Vec<Ban> {
    let halves = |ban: &Ban| {
        let remaining = ban.remaining;
        halves(ban.network.trunc()).map(move |network| Ban { network, remaining })
    };
    bans.iter().flat_map(halves).collect()
}

/// Brings networks into a list, with their ends; those that were in it get new ends.
pub(super) async fn put(
    programs: Programs<'_>,
    list: Single,
    bans: &[Ban],
) -> Result<(), TableError> {
    assert_loaded(programs).await?;
    let bans: BTreeMap<IpNet, Option<Duration>> = split(bans)
        .into_iter()
        .filter(|ban| ban.remaining != Some(Duration::ZERO))
        .map(|ban| (ban.network, ban.remaining))
        .collect();
    let mut script = String::new();
    for (network, remaining) in &bans {
        let set = set_of(list, network).name(programs.table);
        let _ = match (list, remaining) {
            (Single::Allowed, _) => writeln!(script, "add {set} {network} -exist"),
            (Single::Banned, None) => writeln!(script, "add {set} {network} timeout 0 -exist"),
            (Single::Banned, Some(remaining)) => {
                let seconds = seconds(*remaining);
                writeln!(script, "add {set} {network} timeout {seconds} -exist")
            }
        };
    }
    programs.restore_sets(&script).await?;
    let held: BTreeSet<IpNet> = networks(&held(programs, list).await?);
    match bans.keys().find(|network| !held.contains(network)) {
        None => Ok(()),
        Some(network) => Err(TableError::NotHeld {
            what: network.to_string(),
        }),
    }
}

/// Takes networks out of a list; those that are not in it are no error.
pub(super) async fn take(
    programs: Programs<'_>,
    list: Single,
    taken: &[IpNet],
) -> Result<(), TableError> {
    assert_loaded(programs).await?;
    let mut script = String::new();
    let taken = || taken.iter().map(IpNet::trunc).flat_map(halves);
    for network in taken() {
        let set = set_of(list, &network).name(programs.table);
        let _ = writeln!(script, "del {set} {network} -exist");
    }
    programs.restore_sets(&script).await?;
    let held = networks(&held(programs, list).await?);
    match taken().find(|network| held.contains(network)) {
        None => Ok(()),
        Some(network) => Err(TableError::NotHeld {
            what: format!("{network} being out of the list"),
        }),
    }
}

async fn assert_loaded(programs: Programs<'_>) -> Result<(), TableError> {
    match programs.view().await?.mark() {
        Some(_) => Ok(()),
        None => Err(TableError::Absent),
    }
}

const fn set_of(list: Single, network: &IpNet) -> SetId {
    SetId::Single {
        list,
        family: Family::of(network),
    }
}

fn networks(bans: &[Ban]) -> BTreeSet<IpNet> {
    bans.iter().map(|ban| ban.network).collect()
}

/// All networks of a list, with the time that is left to them.
pub(super) async fn held(programs: Programs<'_>, list: Single) -> Result<Vec<Ban>, TableError> {
    let mut held = Vec::new();
    for family in Family::BOTH {
        let entries = programs.entries(SetId::Single { list, family }).await?;
        held.extend(entries.into_iter().map(|entry| entry.ban));
    }
    Ok(held)
}

/// Brings both lists to what a content wants of them. Answers whether there was anything to do.
pub(super) async fn reconcile(
    programs: Programs<'_>,
    content: &Content,
    started: Instant,
) -> Result<bool, TableError> {
    let mut changed = false;
    // First what is allowed: it must be in force before anything else can drop it.
    for list in [Single::Allowed, Single::Banned] {
        let held = held(programs, list).await?;
        let wanted = longest(split(&wanted(content, list)));
        let differences = Differences::between(&held, &wanted, started.elapsed());
        if !differences.missing.is_empty() {
            put(programs, list, &differences.missing).await?;
            changed = true;
        }
        if !differences.excess.is_empty() {
            take(programs, list, &differences.excess).await?;
            changed = true;
        }
    }
    Ok(changed)
}

/// With the ends that they can have.
pub(super) fn longest(mut bans: Vec<Ban>) -> Vec<Ban> {
    for ban in &mut bans {
        let possible = |left: Duration| left.min(Duration::from_secs(seconds(left)));
        ban.remaining = ban.remaining.map(possible);
    }
    bans
}
