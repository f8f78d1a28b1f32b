//! What BanGUI itself blocks and lets through: lists of others, bans made by hand, the allowlist, and the packet filter that carries it out.
mod allow;
mod firewall;
mod list;
mod own_ban;
mod port;
mod port_scope;
mod run;
mod why;

pub use allow::{AllowEntry, AllowId, AllowSubject, HostName, HostNameError, NewAllowEntry};
pub use firewall::{
    BlockBackend, BlockCommand, BlockDrift, BlockHits, BlockSet, BlockState, BlockedBan,
    FirewallActs, FirewallDrift, FirewallError, FirewallPath, FirewallReads, GuardedBan, HitsOf,
    JailDrift, LoadReport, PathOutcome, PathVerdict, RepairReport, VerdictRule,
};
pub use list::{
    BlockDirection, BlockTarget, Blocklist, BlocklistId, BlocklistName, BlocklistSettings,
    EVERY_SECONDS, ListCopy, ListNote, WaitReason, WaitingCopy,
};
pub use own_ban::{BanReason, MAX_OWN_BANS, NewOwnBan, OwnBan, OwnBanId};
pub use port::{BlockingReads, BlockingWrites, ListTry, TakenCopy};
pub use port_scope::PortScope;
pub use run::{ImportOutcome, ImportRun, JunkExample, LeftOut, MAX_NAMED_LEFT_OUT};
pub use why::{UnknownWhy, Why, WhyCode, WhyFacts};
