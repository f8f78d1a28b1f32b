//! Bans in force, and the orders that make and end them.
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{BanSubject, Family, GuardHit, JailName, PageSize, PageToken, Timestamp};

/// The most targets of one [`BanCommand`] or [`UnbanCommand`].
///
/// fail2ban runs each ban's actions while every other client waits (5 s for 200 addresses with nftables), so callers cut long lists into commands
/// of this size and report progress between them.
pub const MAX_TARGETS_PER_COMMAND: usize = 100;

/// A ban that is in force, as the daemon says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveBan {
    /// The jail that holds it.
    pub jail: JailName,
    /// Who is banned.
    pub subject: BanSubject,
    /// Since when; `None` when the daemon's answer could not be read.
    pub banned_at: Option<Timestamp>,
    /// Until when.
    pub end: BanEnd,
}

/// When a ban ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BanEnd {
    /// At this moment.
    At(Timestamp),
    /// Never.
    Never,
    /// The daemon's answer could not be read.
    Unknown,
}

/// Which bans are wanted. Conditions are joined by "and".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveBanQuery {
    /// Only of these jails; empty means all.
    pub jails: Vec<JailName>,
    /// Text that the subject contains (ASCII case aside), or a network that contains it or that it contains.
    pub search: Option<String>,
    /// Only of this IP version.
    pub family: Option<Family>,
    /// The order.
    pub sort: ActiveBanSort,
    /// Where the page begins; `None` is the first page.
    pub after: Option<PageToken>,
    /// How long the page may be.
    pub limit: PageSize,
}

/// The order of a list of bans; ties are broken by jail and subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveBanSort {
    /// By what.
    pub key: SortKey,
    /// Largest (newest, last) first.
    pub descending: bool,
}

impl Default for ActiveBanSort {
    fn default() -> Self {
        Self {
            key: SortKey::BannedAt,
            descending: true,
        }
    }
}

/// By what bans are put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SortKey {
    /// When it began.
    BannedAt,
    /// When it ends; permanent bans are last.
    ExpiresAt,
    /// Numerically: IPv4 before IPv6 before what is no address.
    Subject,
    /// By the jail's name.
    Jail,
}

/// A page of bans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveBanPage {
    /// The bans in the wanted order.
    pub items: Vec<ActiveBan>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<PageToken>,
    /// How many bans fit the query over all pages.
    pub total: u64,
    /// When the daemon was asked; `None` when it never answered.
    pub as_of: Option<Timestamp>,
}

/// An order to ban.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BanCommand {
    /// Where.
    pub jail: JailName,
    /// Whom: canonical networks, at most [`MAX_TARGETS_PER_COMMAND`].
    pub targets: Vec<IpNet>,
    /// The address of who asks, for the lock-out guard; `None` for an order by the machine itself.
    pub requester: Option<IpAddr>,
    /// The second, explicit yes to banning the requester's own address.
    pub confirm_own_address: bool,
    /// Whether a list wants it, and not a person.
    pub for_list: bool,
}

/// What became of a [`BanCommand`], in the order of its targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BanReport {
    /// One per target.
    pub results: Vec<BanResult>,
}

/// What became of one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BanResult {
    /// The target.
    pub target: IpNet,
    /// What became of it.
    pub outcome: BanOutcome,
}

/// What became of one target of a ban, as the daemon said when it was asked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BanOutcome {
    /// Banned now, and not before.
    Banned,
    /// Was banned in that jail before.
    AlreadyBanned,
    /// The lock-out guard refused; each hit says what the ban would have cut off.
    Refused(Vec<GuardHit>),
    /// The daemon took the order and does not list the ban.
    NotListed,
}

/// Where an unban is to take place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UnbanScope {
    /// In one jail.
    Jail(JailName),
    /// In every jail.
    AllJails,
}

/// An order to unban.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnbanCommand {
    /// Where.
    pub scope: UnbanScope,
    /// Whom, at most [`MAX_TARGETS_PER_COMMAND`]. Text that is no address is taken as the daemon lists it.
    pub subjects: Vec<BanSubject>,
}

/// What became of an [`UnbanCommand`], in the order of its subjects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnbanReport {
    /// One per subject.
    pub results: Vec<UnbanResult>,
}

/// What became of one subject of an unban.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnbanResult {
    /// The subject.
    pub subject: BanSubject,
    /// The jails in which it was banned before and is not any more; empty when it was not banned there.
    pub unbanned_in: Vec<JailName>,
    /// The jails that list it still.
    pub still_banned_in: Vec<JailName>,
}
