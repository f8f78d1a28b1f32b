//! The lock-out guard before BanGUI's own table: whoever orders, and however long ago it was looked at.
use std::{
    collections::BTreeMap,
    net::IpAddr,
    ops::Bound::{Excluded, Unbounded},
};

use domain::{
    BlockCommand, BlockDrift, BlockSet, BlockedBan, FirewallError, GuardHit, GuardReason,
    GuardedBan, LoadReport, ProtectedNetwork,
};
use ipnet::IpNet;

use crate::{agent::COMPARISONS_PER_ROW, core::Core, guard, mirror::off_runtime};

/// Adds bans, if none of them cuts off what is protected now.
pub(super) async fn block(core: &Core, command: &BlockCommand) -> Result<(), FirewallError> {
    let protected = core.guard.protected_now().await?;
    let work = command.bans.len().saturating_mul(protected.len()) / COMPARISONS_PER_ROW;
    let order = command.clone();
    let refused = off_runtime(work, move || refused(&order, &protected)).await;
    if !refused.is_empty() {
        tracing::warn!(
            refused = refused.len(),
            "bans without a jail are refused: they would cut off what must stay reachable"
        );
        return Err(FirewallError::Guarded(refused));
    }
    core.firewall.block(&command.bans).await
}

/// Puts a set in force, and lets through what is protected now within it.
pub(super) async fn load(
    core: &Core,
    set: BlockSet,
    anew: bool,
) -> Result<LoadReport, FirewallError> {
    core.firewall.load(freed(core, set).await?, anew).await
}

/// Compares the table with a set, as [`load`] would put it in force.
pub(super) async fn drift(core: &Core, set: BlockSet) -> Result<BlockDrift, FirewallError> {
    core.firewall.drift(freed(core, set).await?).await
}

async fn freed(core: &Core, mut set: BlockSet) -> Result<BlockSet, FirewallError> {
    let blocks_nothing =
        set.blocked.is_empty() && set.blocked_out.is_empty() && set.bans.is_empty();
    if blocks_nothing {
        return Ok(set);
    }
    let protected = core.guard.protected_now().await?;
    let work = set.bans.len() + protected.len();
    let done = off_runtime(work, move || {
        let free = needed_within(&set, &protected);
        set.allowed.extend(free);
        set
    });
    Ok(done.await)
}

fn refused(command: &BlockCommand, protected: &[ProtectedNetwork]) -> Vec<GuardedBan> {
    let hits = |ban: &BlockedBan| GuardedBan {
        network: ban.network,
        hits: guard::hits(ban.network, command.requester, protected),
    };
    let stops = |ban: &GuardedBan| {
        let network = guard::canonical_network(ban.network);
        let stops = |hit: &GuardHit| match hit.reason {
            // The table lets the allowlist through in any case: only a ban of nobody else is refused.
            GuardReason::Allowlisted => protected.iter().any(|known| {
                known.reason == GuardReason::Allowlisted && known.network.contains(&network)
            }),
            reason => !(command.confirm_own_address && reason.can_be_overridden()),
        };
        ban.hits.iter().any(stops)
    };
    command.bans.iter().map(hits).filter(stops).collect()
}

/// What is protected and yet within what a set blocks, and not let through by it. It may have come to be protected after that was worked out, or after the ban was made.
fn needed_within(set: &BlockSet, protected: &[ProtectedNetwork]) -> Vec<IpNet> {
    let bans = Bans::of(&set.bans);
    let is_blocked = |known: &&ProtectedNetwork| {
        meets(&set.blocked, known.network)
            || meets(&set.blocked_out, known.network)
            || bans.hit(**known)
    };
    let is_allowed = |network: &IpNet| set.allowed.iter().any(|known| known.contains(network));
    let mut free: Vec<IpNet> = protected
        .iter()
        // The table has nothing to say about that.
        .filter(|known| known.reason != GuardReason::Loopback)
        .filter(is_blocked)
        .map(|known| known.network)
        .filter(|network| !is_allowed(network))
        .collect();
    free.sort_unstable();
    free.dedup();
    free
}

/// Whether networks in order that do not overlap have an address in common with another.
fn meets(networks: &[IpNet], other: IpNet) -> bool {
    let behind = networks.partition_point(|network| network.network() <= other.broadcast());
    let last = behind.checked_sub(1).and_then(|last| networks.get(last));
    last.is_some_and(|network| network.broadcast() >= other.network())
}

/// Bans by network, with the address that each is confirmed for.
struct Bans(BTreeMap<IpNet, Option<IpAddr>>);

impl Bans {
    fn of(bans: &[BlockedBan]) -> Self {
        let bans = bans.iter();
        let form = |ban: &BlockedBan| (guard::canonical_network(ban.network), ban.confirmed);
        Self(bans.map(form).collect())
    }

    /// Whether one of them cuts this off. Not of who made it, at that very address: they said yes to it.
    fn hit(&self, known: ProtectedNetwork) -> bool {
        let network = known.network;
        let is_meant = |confirmed: &Option<IpAddr>| {
            known.reason.is_of_a_person() && confirmed.map(IpNet::from) == Some(network)
        };
        let wider = std::iter::successors(Some(network), IpNet::supernet)
            .filter_map(|wider| self.0.get(&wider));
        let narrower = self
            .0
            .range((Excluded(network), Unbounded))
            .take_while(|(narrower, _)| network.contains(*narrower))
            .map(|(_, confirmed)| confirmed);
        wider.chain(narrower).any(|confirmed| !is_meant(confirmed))
    }
}

#[cfg(test)]
mod tests;
