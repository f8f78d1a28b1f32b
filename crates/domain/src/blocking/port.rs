//! The part of the Storage port that keeps lists, bans made by hand and the allowlist.
use std::net::IpAddr;

use async_trait::async_trait;
use ipnet::IpNet;

use super::{
    AllowEntry, AllowId, Blocklist, BlocklistId, BlocklistSettings, ImportRun, NewAllowEntry,
    NewOwnBan, OwnBan, OwnBanId, WaitReason,
};
use crate::{HostId, NewAuditEntry, StorageError, Timestamp, UserName};

/// What is kept of having tried to fetch a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListTry {
    /// From where: a list that is fetched from somewhere else by now keeps nothing of it.
    pub url: String,
    /// The run. Of each list the last 100 are kept.
    pub run: ImportRun,
    /// How often in a row it could not be fetched, this one counted.
    pub failures: u32,
    /// Not to be fetched again before this moment.
    pub next_at: Timestamp,
    /// The content that was fetched; `None` where none was, and what is known of it stays.
    pub copy: Option<TakenCopy>,
}

/// A copy that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenCopy {
    /// The networks, merged to the fewest.
    pub networks: Vec<IpNet>,
    /// Why it is to wait for a yes; `None`: it is in force.
    pub waits: Option<WaitReason>,
    /// By what the server knows it.
    pub etag: Option<String>,
    /// When the server says it was changed.
    pub last_modified: Option<String>,
    /// SHA-256 of the content.
    pub content: [u8; 32],
}

/// What can be read.
#[async_trait]
pub trait BlockingReads: Send + Sync {
    /// All sources, by name.
    async fn blocklists(&self) -> Result<Vec<Blocklist>, StorageError>;

    /// One source.
    async fn blocklist(&self, id: BlocklistId) -> Result<Option<Blocklist>, StorageError>;

    /// The networks of the copy in force; empty where there is none.
    async fn list_networks(&self, id: BlocklistId) -> Result<Vec<IpNet>, StorageError>;

    /// The networks of the copy that waits; empty where there is none.
    async fn waiting_networks(&self, id: BlocklistId) -> Result<Vec<IpNet>, StorageError>;

    /// The last runs of a list, newest first, at most `limit`.
    async fn import_runs(
        &self,
        id: BlocklistId,
        limit: u32,
    ) -> Result<Vec<ImportRun>, StorageError>;

    /// The allowlist, newest first, also what was removed and is still in fail2ban's files.
    async fn allowlist(&self) -> Result<Vec<AllowEntry>, StorageError>;

    /// What must not be blocked, as it was last known.
    async fn last_protected(&self) -> Result<Vec<IpNet>, StorageError>;

    /// Bans made by hand that are in force at a moment, newest first; only those that have an address in common with a network, where one is given.
    async fn own_bans_in_force(
        &self,
        at: Timestamp,
        meets: Option<IpNet>,
    ) -> Result<Vec<OwnBan>, StorageError>;

    /// All bans made by hand, also those that are over, newest first; only those made before one of them.
    async fn own_bans(
        &self,
        before: Option<OwnBanId>,
        limit: u32,
    ) -> Result<Vec<OwnBan>, StorageError>;

    /// How many of them are in force at a moment.
    async fn count_own_bans(&self, at: Timestamp) -> Result<u64, StorageError>;
}

/// What can be written. Each method is one transaction; the audit entry is part of it.
#[async_trait]
pub trait BlockingWrites: Send + Sync {
    /// Makes a source; `None` where another has that name, and nothing is written.
    async fn add_blocklist(
        &self,
        settings: &BlocklistSettings,
        audit: &NewAuditEntry,
    ) -> Result<Option<BlocklistId>, StorageError>;

    /// Changes a source; another address forgets what is known of the content. `false` where another has that name or there is none, and nothing is written.
    async fn change_blocklist(
        &self,
        id: BlocklistId,
        settings: &BlocklistSettings,
        audit: &NewAuditEntry,
    ) -> Result<bool, StorageError>;

    /// Removes a source with its copies and runs; `false` where there is none.
    async fn remove_blocklist(
        &self,
        id: BlocklistId,
        audit: &NewAuditEntry,
    ) -> Result<bool, StorageError>;

    /// Keeps what came of fetching a list; `false` where the list is gone.
    async fn keep_try(&self, tried: &ListTry) -> Result<bool, StorageError>;

    /// Puts a copy that waits in force, with the run that says so; `false` where it does not wait, or not any more.
    async fn take_waiting(
        &self,
        copy: i64,
        run: &ImportRun,
        audit: &NewAuditEntry,
    ) -> Result<bool, StorageError>;

    /// Forgets a copy that waits; `false` where it does not, or not any more.
    async fn drop_waiting(
        &self,
        id: BlocklistId,
        copy: i64,
        audit: &NewAuditEntry,
    ) -> Result<bool, StorageError>;

    /// Adds an entry to the allowlist; `None` where an entry that holds says the same already, and nothing is written.
    async fn allow(
        &self,
        entry: &NewAllowEntry,
        audit: &NewAuditEntry,
    ) -> Result<Option<AllowId>, StorageError>;

    /// Changes note and expiry of an entry; `false` where there is none.
    async fn change_allowed(
        &self,
        entry: &AllowEntry,
        audit: &NewAuditEntry,
    ) -> Result<bool, StorageError>;

    /// Ends entries: they do not hold any more; answers how many did.
    async fn disallow(
        &self,
        ids: &[AllowId],
        at: Timestamp,
        audit: &NewAuditEntry,
    ) -> Result<u64, StorageError>;

    /// Keeps what names were found to be.
    async fn found_addresses(&self, found: &[(AllowId, Vec<IpAddr>)]) -> Result<(), StorageError>;

    /// Keeps of entries whether BanGUI wrote them into fail2ban's files; of which it is known that stays.
    async fn wrote_allowed(&self, written: &[(AllowId, bool)]) -> Result<(), StorageError>;

    /// Keeps what must not be blocked, for a start before the network.
    async fn keep_protected(&self, networks: &[IpNet]) -> Result<(), StorageError>;

    /// Forgets entries that do not hold any more.
    async fn forget_allowed(&self, ids: &[AllowId]) -> Result<(), StorageError>;

    /// Keeps bans. One of the same network that is in force is ended by the new one.
    async fn add_own_bans(
        &self,
        bans: &[NewOwnBan],
        audit: &NewAuditEntry,
    ) -> Result<Vec<OwnBanId>, StorageError>;

    /// Takes bans back that did not come about; those that they replaced are in force again.
    async fn undo_own_bans(
        &self,
        ids: &[OwnBanId],
        audit: &NewAuditEntry,
    ) -> Result<(), StorageError>;

    /// Ends bans of a host, at a moment and by somebody; answers those that it ended.
    async fn end_own_bans(
        &self,
        host: &HostId,
        ids: &[OwnBanId],
        ended: (Timestamp, &UserName),
        audit: &NewAuditEntry,
    ) -> Result<Vec<OwnBan>, StorageError>;

    /// Removes bans that ended before a moment, at most `limit`; answers how many. Those in force at that moment stay, also where it is yet to come.
    async fn forget_own_bans(&self, before: Timestamp, limit: usize) -> Result<u64, StorageError>;
}
