//! The writing half of the port.
use std::net::IpAddr;

use async_trait::async_trait;
use domain::{
    AllowEntry, AllowId, BlockingWrites, BlocklistId, BlocklistSettings, HostId, ImportRun,
    ListTry, NewAllowEntry, NewAuditEntry, NewOwnBan, OwnBan, OwnBanId, StorageError, Timestamp,
    UserName,
};
use ipnet::IpNet;

use super::{
    super::{audit::NewRow, writer::Writer},
    allow, lists, own_bans, protected, runs,
};

#[async_trait]
impl BlockingWrites for Writer {
    async fn add_blocklist(
        &self,
        settings: &BlocklistSettings,
        audit: &NewAuditEntry,
    ) -> Result<Option<BlocklistId>, StorageError> {
        let (settings, audit) = (settings.clone(), NewRow::try_from(audit)?);
        self.run(move |connection| {
            let id = lists::insert(connection, &settings, audit.at())?;
            if id.is_some() {
                audit.insert(connection)?;
            }
            Ok(id)
        })
        .await
    }

    async fn change_blocklist(
        &self,
        id: BlocklistId,
        settings: &BlocklistSettings,
        audit: &NewAuditEntry,
    ) -> Result<bool, StorageError> {
        let (settings, audit) = (settings.clone(), NewRow::try_from(audit)?);
        self.run(move |connection| {
            told(
                lists::update(connection, id, &settings)?,
                &audit,
                connection,
            )
        })
        .await
    }

    async fn remove_blocklist(
        &self,
        id: BlocklistId,
        audit: &NewAuditEntry,
    ) -> Result<bool, StorageError> {
        let audit = NewRow::try_from(audit)?;
        self.run(move |connection| told(lists::delete(connection, id)?, &audit, connection))
            .await
    }

    async fn keep_try(&self, tried: &ListTry) -> Result<bool, StorageError> {
        let tried = tried.clone();
        self.run(move |connection| lists::keep_try(connection, &tried))
            .await
    }

    async fn take_waiting(
        &self,
        copy: i64,
        run: &ImportRun,
        audit: &NewAuditEntry,
    ) -> Result<bool, StorageError> {
        let (run, audit) = (run.clone(), NewRow::try_from(audit)?);
        self.run(move |connection| {
            let taken = lists::take_waiting(connection, run.list, copy)?;
            if taken {
                runs::insert(connection, &run)?;
            }
            told(taken, &audit, connection)
        })
        .await
    }

    async fn drop_waiting(
        &self,
        id: BlocklistId,
        copy: i64,
        audit: &NewAuditEntry,
    ) -> Result<bool, StorageError> {
        let audit = NewRow::try_from(audit)?;
        self.run(move |connection| {
            told(
                lists::drop_waiting(connection, id, copy)?,
                &audit,
                connection,
            )
        })
        .await
    }

    async fn allow(
        &self,
        entry: &NewAllowEntry,
        audit: &NewAuditEntry,
    ) -> Result<Option<AllowId>, StorageError> {
        let (entry, audit) = (entry.clone(), NewRow::try_from(audit)?);
        self.run(move |connection| {
            let id = allow::insert(connection, &entry)?;
            told(id.is_some(), &audit, connection)?;
            Ok(id)
        })
        .await
    }

    async fn change_allowed(
        &self,
        entry: &AllowEntry,
        audit: &NewAuditEntry,
    ) -> Result<bool, StorageError> {
        let (entry, audit) = (entry.clone(), NewRow::try_from(audit)?);
        self.run(move |connection| told(allow::update(connection, &entry)?, &audit, connection))
            .await
    }

    async fn disallow(
        &self,
        ids: &[AllowId],
        at: Timestamp,
        audit: &NewAuditEntry,
    ) -> Result<u64, StorageError> {
        let (ids, audit) = (ids.to_vec(), NewRow::try_from(audit)?);
        self.run(move |connection| {
            let removed = allow::remove(connection, &ids, at)?;
            told(removed > 0, &audit, connection)?;
            Ok(removed)
        })
        .await
    }

    async fn found_addresses(&self, found: &[(AllowId, Vec<IpAddr>)]) -> Result<(), StorageError> {
        if found.is_empty() {
            return Ok(());
        }
        let found = found.to_vec();
        self.run(move |connection| allow::found(connection, &found))
            .await
    }

    async fn wrote_allowed(&self, written: &[(AllowId, bool)]) -> Result<(), StorageError> {
        if written.is_empty() {
            return Ok(());
        }
        let written = written.to_vec();
        self.run(move |connection| allow::wrote(connection, &written))
            .await
    }

    async fn keep_protected(&self, networks: &[IpNet]) -> Result<(), StorageError> {
        let networks = networks.to_vec();
        self.run(move |connection| protected::replace(connection, &networks))
            .await
    }

    async fn forget_allowed(&self, ids: &[AllowId]) -> Result<(), StorageError> {
        if ids.is_empty() {
            return Ok(());
        }
        let ids = ids.to_vec();
        self.run(move |connection| allow::forget(connection, &ids))
            .await
    }

    async fn add_own_bans(
        &self,
        bans: &[NewOwnBan],
        audit: &NewAuditEntry,
    ) -> Result<Vec<OwnBanId>, StorageError> {
        let (bans, audit) = (bans.to_vec(), NewRow::try_from(audit)?);
        self.run(move |connection| {
            let ids = bans
                .iter()
                .map(|ban| own_bans::insert(connection, ban))
                .collect::<Result<Vec<_>, _>>()?;
            told(!ids.is_empty(), &audit, connection)?;
            Ok(ids)
        })
        .await
    }

    async fn undo_own_bans(
        &self,
        ids: &[OwnBanId],
        audit: &NewAuditEntry,
    ) -> Result<(), StorageError> {
        let (ids, audit) = (ids.to_vec(), NewRow::try_from(audit)?);
        self.run(move |connection| {
            ids.iter()
                .try_for_each(|id| own_bans::undo(connection, *id))?;
            audit.insert(connection)
        })
        .await
    }

    async fn end_own_bans(
        &self,
        host: &HostId,
        ids: &[OwnBanId],
        (at, by): (Timestamp, &UserName),
        audit: &NewAuditEntry,
    ) -> Result<Vec<OwnBan>, StorageError> {
        let (ids, by, host) = (ids.to_vec(), by.clone(), host.clone());
        let audit = NewRow::try_from(audit)?;
        self.run(move |connection| {
            let mut ended = Vec::new();
            for id in ids.iter().copied() {
                ended.extend(own_bans::end(connection, (&host, id), at, &by)?);
            }
            told(!ended.is_empty(), &audit, connection)?;
            Ok(ended)
        })
        .await
    }

    async fn forget_own_bans(&self, before: Timestamp, limit: usize) -> Result<u64, StorageError> {
        self.run(move |connection| own_bans::forget(connection, before, limit))
            .await
    }
}

/// Writes the entry of what was done, where it was.
fn told(
    done: bool,
    audit: &NewRow,
    connection: &rusqlite::Connection,
) -> Result<bool, StorageError> {
    if done {
        audit.insert(connection)?;
    }
    Ok(done)
}
