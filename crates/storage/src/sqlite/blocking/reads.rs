//! The reading half of the port.
use async_trait::async_trait;
use domain::{
    AllowEntry, BlockingReads, Blocklist, BlocklistId, ImportRun, OwnBan, OwnBanId, StorageError,
    Timestamp,
};
use ipnet::IpNet;

use super::{super::readers::Readers, allow, lists, own_bans, protected, runs};

#[async_trait]
impl BlockingReads for Readers {
    async fn blocklists(&self) -> Result<Vec<Blocklist>, StorageError> {
        self.run(|connection| lists::read(connection, None)).await
    }

    async fn blocklist(&self, id: BlocklistId) -> Result<Option<Blocklist>, StorageError> {
        self.run(move |connection| Ok(lists::read(connection, Some(id))?.pop()))
            .await
    }

    async fn list_networks(&self, id: BlocklistId) -> Result<Vec<IpNet>, StorageError> {
        self.run(move |connection| lists::copy_networks(connection, id, true))
            .await
    }

    async fn waiting_networks(&self, id: BlocklistId) -> Result<Vec<IpNet>, StorageError> {
        self.run(move |connection| lists::copy_networks(connection, id, false))
            .await
    }

    async fn import_runs(
        &self,
        id: BlocklistId,
        limit: u32,
    ) -> Result<Vec<ImportRun>, StorageError> {
        self.run(move |connection| runs::last(connection, id, limit))
            .await
    }

    async fn allowlist(&self) -> Result<Vec<AllowEntry>, StorageError> {
        self.run(allow::all).await
    }

    async fn last_protected(&self) -> Result<Vec<IpNet>, StorageError> {
        self.run(protected::all).await
    }

    async fn own_bans_in_force(
        &self,
        at: Timestamp,
        meets: Option<IpNet>,
    ) -> Result<Vec<OwnBan>, StorageError> {
        self.run(move |connection| own_bans::in_force(connection, at, meets))
            .await
    }

    async fn own_bans(
        &self,
        before: Option<OwnBanId>,
        limit: u32,
    ) -> Result<Vec<OwnBan>, StorageError> {
        self.run(move |connection| own_bans::page(connection, before, limit))
            .await
    }

    async fn count_own_bans(&self, at: Timestamp) -> Result<u64, StorageError> {
        self.run(move |connection| own_bans::count(connection, at))
            .await
    }
}
