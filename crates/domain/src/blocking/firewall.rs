//! The part of the Host port that concerns the packet filter.
use std::{net::IpAddr, time::Duration};

use async_trait::async_trait;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{PortScope, Why};
use crate::{BanSubject, GuardHit, HostError, JailName, Timestamp};

/// Why the packet filter did not do or tell what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FirewallError {
    /// BanGUI may not use it, or cannot.
    #[error("the packet filter cannot be used: {0}")]
    Unusable(Why),
    /// It refused, or did something else than it was told.
    #[error("the packet filter did not do it: {0}")]
    Failed(Why),
    /// Bans would cut off somebody who must stay reachable; none of the order was carried out.
    #[error("the order would cut off addresses that must stay reachable")]
    Guarded(Vec<GuardedBan>),
    /// The daemon has to be asked too, and did not answer.
    #[error(transparent)]
    Host(#[from] HostError),
}

/// A ban that the lock-out guard refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GuardedBan {
    /// Whom it was to block.
    pub network: IpNet,
    /// What it would have cut off.
    pub hits: Vec<GuardHit>,
}

/// By what networks are blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BlockBackend {
    /// A table of nftables.
    Nftables,
    /// Sets of ipset and rules of iptables.
    Ipset,
}

/// A ban for the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockedBan {
    /// Whom.
    pub network: IpNet,
    /// For how long from now on; `None` is for ever.
    pub remaining: Option<Duration>,
    /// The address of who made it, where it lies within and that was confirmed: then this person's own place is no reason to let through what is banned.
    pub confirmed: Option<IpAddr>,
}

/// An order to block at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockCommand {
    /// Whom.
    pub bans: Vec<BlockedBan>,
    /// The address of who asks, for the lock-out guard; `None` for an order by the machine itself.
    pub requester: Option<IpAddr>,
    /// The second, explicit yes to banning the requester's own address.
    pub confirm_own_address: bool,
}

/// All that is to be in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockSet {
    /// Networks from which nothing comes in: the fewest, in order, IPv4 first.
    pub blocked: Vec<IpNet>,
    /// Networks to which nothing goes out.
    pub blocked_out: Vec<IpNet>,
    /// Networks that are let through, whatever the others say.
    pub allowed: Vec<IpNet>,
    /// Bans made by hand.
    pub bans: Vec<BlockedBan>,
    /// Whether connections that are there already stay.
    pub established_stay: bool,
}

impl BlockSet {
    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.blocked.is_empty()
            && self.blocked_out.is_empty()
            && self.allowed.is_empty()
            && self.bans.is_empty()
    }
}

/// What came of loading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadReport {
    /// Whether anything was changed.
    pub changed: bool,
    /// How many networks are in force.
    pub networks: u64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// What came of putting a jail right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RepairReport {
    /// How many were banned again or taken out.
    pub done: u64,
    /// Who was banned, had to be unbanned for it, and could not be banned again.
    pub lost: Vec<IpNet>,
    /// Who was banned so that the jail's action takes them out, and could not be unbanned again.
    pub stuck: Vec<IpNet>,
    /// Who was left as they were, banned and not blocked, for they must stay reachable.
    pub spared: Vec<IpNet>,
    /// Why not all of it was done.
    pub failed: Option<Why>,
}

/// The state of BanGUI's own table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockState {
    /// By what it blocks.
    pub backend: BlockBackend,
    /// Whether the table is there.
    pub is_there: bool,
    /// How many networks and addresses of lists are in it.
    pub networks: u64,
    /// How many bans made by hand.
    pub bans: u64,
    /// How many networks are let through.
    pub allowed: u64,
    /// Whether something of BanGUI's is held the other way too, from a start at which this way could not be used. The next load removes it.
    pub held_otherwise: bool,
}

/// How often something was blocked since the table is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockHits {
    /// Packets from blocked networks.
    pub packets_in: u64,
    /// Their bytes.
    pub bytes_in: u64,
    /// Packets to blocked networks.
    pub packets_out: u64,
    /// Their bytes.
    pub bytes_out: u64,
    /// By address, of those that came lately.
    pub by_address: Vec<HitsOf>,
}

/// How often an address was blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HitsOf {
    /// The address.
    pub address: IpAddr,
    /// Its packets.
    pub packets: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A way of a packet through the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FirewallPath {
    /// To the machine itself.
    Host,
    /// Through it, to another machine.
    Forwarded,
    /// To a published port of a container.
    Published,
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PathOutcome {
    /// It is dropped or rejected.
    Blocked,
    /// It goes through.
    NotBlocked,
    /// That depends on what is not known.
    CannotTell,
}

/// A rule that blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerdictRule {
    /// What it blocks; `None` is everything.
    pub scope: Option<PortScope>,
    /// In which table, with its family. Hostile text, as all names are.
    pub table: String,
    /// In which chain.
    pub chain: String,
    /// The rule as text.
    pub text: String,
    /// How many packets it counted; `None` where it does not count.
    pub packets: Option<u64>,
    /// Their bytes.
    pub bytes: Option<u64>,
}

/// What becomes of new packets of an address on one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PathVerdict {
    /// Which way.
    pub path: FirewallPath,
    /// What becomes of them.
    pub outcome: PathOutcome,
    /// To which ports only; `None` is all.
    pub scope: Option<PortScope>,
    /// What is closed to everybody, so also to the address; `None` where nothing is.
    pub closed: Option<PortScope>,
    /// The rules that block, the widest first.
    pub rules: Vec<VerdictRule>,
    /// Why it cannot be told, or not of everything.
    pub unsure: Vec<Why>,
}

/// What a jail bans, against what the packet filter blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JailDrift {
    /// The jail.
    pub jail: JailName,
    /// Where its bans are carried out, in few words; `None` where the packet filter has no part in it.
    pub backing: Option<String>,
    /// How many it bans.
    pub banned: u64,
    /// Who is banned and not blocked.
    pub missing: Vec<BanSubject>,
    /// Who is blocked and not banned.
    pub excess: Vec<IpNet>,
    /// Why it cannot be told, or not of all.
    pub unsure: Vec<Why>,
}

/// What is not as it should be in BanGUI's own table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockDrift {
    /// Networks that should be there.
    pub missing: Vec<IpNet>,
    /// How many there are of those.
    pub missing_count: u64,
    /// Networks that should not.
    pub excess: Vec<IpNet>,
    /// How many there are of those.
    pub excess_count: u64,
    /// What else is wrong, such as a rule that is gone.
    pub faults: Vec<Why>,
}

impl BlockDrift {
    /// Whether all is as it should be.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.missing_count == 0 && self.excess_count == 0 && self.faults.is_empty()
    }
}

/// What should be blocked, against what is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FirewallDrift {
    /// When it was looked at.
    pub at: Timestamp,
    /// fail2ban's jails that run, or why they cannot be compared.
    pub jails: Result<Vec<JailDrift>, FirewallError>,
    /// BanGUI's own table, or why it cannot be compared.
    pub own: Result<BlockDrift, FirewallError>,
}

impl FirewallDrift {
    /// Of both halves. Where one is not known the other one still says something.
    ///
    /// # Errors
    /// `Unusable` where there is no packet filter that could be compared.
    pub fn of(
        at: Timestamp,
        jails: Result<Vec<JailDrift>, FirewallError>,
        own: Result<BlockDrift, FirewallError>,
    ) -> Result<Self, FirewallError> {
        match (&jails, own) {
            (Err(FirewallError::Unusable(_)), Err(why @ FirewallError::Unusable(_))) => Err(why),
            (_, own) => Ok(Self { at, jails, own }),
        }
    }

    /// How much differs, as far as that is known.
    #[must_use]
    pub fn differences(&self) -> u64 {
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let jails = self.jails.iter().flatten();
        let jails = jails.map(|jail| count(jail.missing.len() + jail.excess.len()));
        let own = self.own.iter();
        let own = own.map(|own| own.missing_count + own.excess_count + count(own.faults.len()));
        jails.chain(own).sum()
    }
}

/// What can be asked of the packet filter. Reading changes nothing in it.
#[async_trait]
pub trait FirewallReads: Send + Sync {
    /// The state of BanGUI's own table.
    async fn block_state(&self) -> Result<BlockState, FirewallError>;

    /// How often something was blocked by it.
    async fn block_hits(&self) -> Result<BlockHits, FirewallError>;

    /// What becomes of new packets of an address, on all ways.
    async fn verdicts(&self, address: IpAddr) -> Result<Vec<PathVerdict>, FirewallError>;

    /// Compares what fail2ban's running jails ban with what is blocked.
    async fn jail_drift(&self) -> Result<Vec<JailDrift>, FirewallError>;

    /// Compares what BanGUI's own table should have with what it has.
    async fn block_drift(&self, wanted: &BlockSet) -> Result<BlockDrift, FirewallError>;
}

/// What changes the packet filter: BanGUI's own table, and nothing else.
#[async_trait]
pub trait FirewallActs: Send + Sync {
    /// Puts all of it in force, at once; nothing is changed where it is already. With `anew`, also where it seems to be.
    ///
    /// What the lock-out guard protects by then is let through within it, whatever was wanted.
    async fn load_blocks(&self, set: &BlockSet, anew: bool) -> Result<LoadReport, FirewallError>;

    /// Adds bans at once; those of the same network are replaced. Asks the lock-out guard: all of the order, or `Guarded` and nothing.
    async fn block(&self, command: &BlockCommand) -> Result<(), FirewallError>;

    /// Takes bans away at once.
    async fn unblock(&self, networks: &[IpNet]) -> Result<(), FirewallError>;

    /// Lets networks through at once, beside those that are let through already.
    async fn let_through(&self, networks: &[IpNet]) -> Result<(), FirewallError>;

    /// Removes the table; everything else in the packet filter stays as it is.
    async fn remove_blocks(&self) -> Result<(), FirewallError>;

    /// Puts a jail right, through the daemon: who is banned and not blocked is banned again, which begins its time anew; who is blocked and not banned is banned and unbanned, so
    /// that the jail's own action takes it out. Of both only what is so when it is looked at again.
    async fn repair_jail(
        &self,
        jail: &JailName,
        missing: &[BanSubject],
        excess: &[IpNet],
    ) -> Result<RepairReport, FirewallError>;
}

#[cfg(test)]
mod tests;
