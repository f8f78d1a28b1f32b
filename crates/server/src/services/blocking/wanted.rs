//! What is to be in force: worked out from what is kept, whenever something changed.
use std::{collections::BTreeSet, sync::Arc};

use blocklists::Ranges;
use domain::{
    AllowSubject, BlockDirection, BlockSet, BlockTarget, BlockedBan, Blocklist, BlocklistId,
    GuardReason, HostId, OwnBan, ProtectedNetwork, StorageError, Timestamp,
};
use ipnet::IpNet;

use super::{Blocking, BlockingView, NotCarriedOut, known::Known};

/// Lists of the packet filter, by what they block.
struct InForce {
    incoming: Vec<Arc<Ranges>>,
    outgoing: Vec<Arc<Ranges>>,
}

pub(super) async fn wanted(blocking: &Blocking) -> Result<BlockSet, NotCarriedOut> {
    // Right after a start the host knows nothing of it.
    blocking.protection.tell().await?;
    let now = blocking.clock.now();
    let lists = blocking.view.storage.blocklists().await?;
    bring_up_to_date(blocking, &lists).await?;
    let mut allowed = allowed(&blocking.view, now).await?;
    let protected = protected(blocking).await?;
    let keep_free: Vec<IpNet> = protected
        .iter()
        .map(|protected| protected.network)
        .chain(allowed.iter().copied())
        .collect();
    let bans = blocking.view.storage.own_bans_in_force(now, None).await?;
    allowed.extend(needed_within(&bans, &protected));
    let stay = blocking.settings.settings().await?;
    let in_force = in_force(&blocking.view.known, &lists)?;
    // A million networks take most of a second.
    let work = move || BlockSet {
        blocked: merged(&in_force.incoming, &keep_free),
        blocked_out: merged(&in_force.outgoing, &keep_free),
        allowed,
        bans: bans.iter().map(|ban| remaining(ban, now)).collect(),
        established_stay: stay.is_some_and(|settings| settings.blocked_connections_stay),
    };
    let set = tokio::task::spawn_blocking(work).await;
    set.map_err(|error| StorageError::Driver(Box::new(error)).into())
}

/// Reads the copies that changed, and forgets those that are out of force.
async fn bring_up_to_date(blocking: &Blocking, lists: &[Blocklist]) -> Result<(), NotCarriedOut> {
    let known = &blocking.view.known;
    let held = known.lists();
    let is_held = |id: BlocklistId| lists.iter().any(|list| list.id == id && is_used(list));
    let gone: Vec<BlocklistId> = held
        .copies
        .keys()
        .copied()
        .filter(|id| !is_held(*id))
        .collect();
    known.drop_lists(&gone);
    for list in lists.iter().filter(|list| is_used(list)) {
        let Some(copy) = list.copy else { continue };
        if held.copies.get(&list.id) == Some(&copy.id) {
            continue;
        }
        let networks = blocking.view.storage.list_networks(list.id).await?;
        let ranges = tokio::task::spawn_blocking(move || Ranges::of(networks)).await;
        let ranges = ranges.map_err(|error| StorageError::Driver(Box::new(error)))?;
        known.put_list(list.id, copy.id, ranges);
    }
    Ok(())
}

const fn is_used(list: &Blocklist) -> bool {
    list.settings.enabled && list.copy.is_some()
}

fn in_force(known: &Known, lists: &[Blocklist]) -> Result<InForce, StorageError> {
    let held = known.lists();
    let of = |wanted: &dyn Fn(&Blocklist) -> bool| {
        let lists = lists.iter().filter(|list| {
            is_used(list) && list.settings.target == BlockTarget::Firewall && wanted(list)
        });
        lists
            .map(|list| held.index.get(list.id).map(Arc::clone))
            .collect::<Option<Vec<_>>>()
            .ok_or(StorageError::Inconsistent {
                table: "blocklist_copies",
                what: "the copy of a list is gone",
            })
    };
    Ok(InForce {
        incoming: of(&|_| true)?,
        outgoing: of(&|list| list.settings.direction == BlockDirection::InAndOut)?,
    })
}

/// What must not be blocked, now and as it was known before this start.
async fn protected(blocking: &Blocking) -> Result<Vec<ProtectedNetwork>, NotCarriedOut> {
    let protected = blocking.host.protected().await?;
    let needed: BTreeSet<IpNet> = protected
        .iter()
        .filter(|protected| is_of_the_machine(protected.reason))
        .map(|protected| protected.network)
        .collect();
    let before = blocking.view.storage.last_protected().await?;
    if !blocking.is_at_boot {
        let before: BTreeSet<IpNet> = before.into_iter().collect();
        if before != needed {
            let needed: Vec<IpNet> = needed.into_iter().collect();
            blocking.writes.keep_protected(&needed).await?;
        }
        return Ok(protected);
    }
    // There is no network yet that could tell of gateways and name servers.
    let before = before.into_iter().map(|network| ProtectedNetwork {
        reason: GuardReason::OwnAddress,
        network,
    });
    Ok(protected.into_iter().chain(before).collect())
}

const fn is_of_the_machine(reason: GuardReason) -> bool {
    matches!(
        reason,
        GuardReason::OwnAddress
            | GuardReason::Gateway
            | GuardReason::NameServer
            | GuardReason::Proxy
    )
}

/// What the machine needs within bans made by hand: it may have come to need it after the ban.
fn needed_within(bans: &[OwnBan], protected: &[ProtectedNetwork]) -> Vec<IpNet> {
    let meets = |a: IpNet, b: IpNet| a.contains(&b) || b.contains(&a);
    let needed = protected.iter().filter(|protected| {
        is_of_the_machine(protected.reason)
            && bans
                .iter()
                .any(|ban| meets(ban.ban.network, protected.network))
    });
    needed.map(|protected| protected.network).collect()
}

/// The fewest networks of all lists, without what must stay free.
fn merged(lists: &[Arc<Ranges>], keep_free: &[IpNet]) -> Vec<IpNet> {
    if lists.is_empty() {
        return Vec::new();
    }
    // What is kept was guarded when it came: merged it may be wider than a list may name.
    Ranges::of(lists.iter().flat_map(|list| list.networks()))
        .without(&Ranges::of(keep_free.iter().copied()))
        .networks()
}

/// Whom the allowlist lets through on this host now; names are what they were last found to be.
pub(crate) async fn allowed(
    view: &BlockingView,
    now: Timestamp,
) -> Result<Vec<IpNet>, StorageError> {
    let here = HostId::local();
    let names = view.known.names();
    let entries = view.storage.allowlist().await?;
    let mut networks = Vec::new();
    for entry in entries.into_iter().filter(|entry| entry.holds(now)) {
        if entry.entry.host.as_ref().is_some_and(|host| *host != here) {
            continue;
        }
        match entry.entry.subject {
            AllowSubject::Network(network) => networks.push(network),
            AllowSubject::Name(name) => {
                // What it was before this start, until it was asked for.
                let found = names.get(&name).map(|found| found.addresses.clone());
                let addresses = found.unwrap_or(entry.addresses);
                networks.extend(addresses.into_iter().map(IpNet::from));
            }
        }
    }
    Ok(networks)
}

/// A ban for the packet filter: it ends there by itself.
pub(super) fn remaining(ban: &OwnBan, now: Timestamp) -> BlockedBan {
    let left = |until: Timestamp| {
        let millis = u64::try_from(until.millis_since(now)).unwrap_or_default();
        std::time::Duration::from_millis(millis.max(1))
    };
    BlockedBan {
        network: ban.ban.network,
        remaining: ban.ban.until.map(left),
        confirmed: ban.ban.confirmed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nets(texts: &[&str]) -> Vec<IpNet> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn merged_networks_that_are_wider_together_than_one_may_be_are_blocked() {
        let list = Arc::new(Ranges::of(nets(&["6.0.0.0/8", "7.0.0.0/8"])));
        assert_eq!(merged(&[list], &[]), nets(&["6.0.0.0/7"]));
    }

    #[test]
    fn merged_networks_leave_out_what_must_stay_free() {
        let lists = [["45.10.0.0/31"], ["45.10.0.2/31"]];
        let lists = lists.map(|list| Arc::new(Ranges::of(nets(&list))));
        let free = nets(&["45.10.0.3/32"]);
        let left = nets(&["45.10.0.0/31", "45.10.0.2/32"]);
        assert_eq!(merged(&lists, &free), left);
    }
}
