//! What the agent did to the configuration by itself, written into the audit log: a change that nobody confirmed taken back, a half-done one put right.
//!
//! The agent keeps each as a version. What the log has of them tells which are new, so that a start finds what happened
//! while nothing listened, and nothing is written twice.
use std::{collections::HashSet, sync::Arc};

use domain::{
    Actor, AuditAction, AuditQuery, HostConfigReads, HostId, NewAuditEntry, PageSize, StorageError,
    StorageReads, StorageWrites, Version, VersionId, VersionOrigin,
};

use super::told;
use crate::state::WriteState;

/// How many of the newest versions are looked at: more are not made between two looks.
const NEWEST_VERSIONS: u32 = 100;

/// See the module.
pub(crate) struct OwnDoings {
    config: Arc<dyn HostConfigReads>,
    reads: Arc<dyn StorageReads>,
    writes: Arc<dyn StorageWrites>,
    host: HostId,
    /// The newest version at the last look, so that a look that finds nothing new asks no storage.
    seen: Option<VersionId>,
}

impl OwnDoings {
    /// Of the local host; `None` where there is none.
    pub(crate) fn new(state: &WriteState) -> Option<Self> {
        let host = HostId::local();
        Some(Self {
            config: Arc::clone(state.reads.config(&host).ok()?),
            reads: Arc::clone(&state.reads.storage),
            writes: Arc::clone(&state.storage),
            host,
            seen: None,
        })
    }

    /// Writes down what was not yet; answers how much.
    pub(crate) async fn record(&mut self) -> Result<u64, StorageError> {
        let newest = self.versions(1).await;
        let newest = newest.first().map(|version| version.id);
        if newest == self.seen {
            return Ok(0);
        }
        let versions = self.versions(NEWEST_VERSIONS).await;
        let unseen = versions.iter().rev();
        let unseen = unseen.filter(|version| self.seen.is_none_or(|seen| version.id > seen));
        let entries = unseen
            .filter_map(|version| Some(self.entry(version, done_by_itself(version)?)))
            .collect();
        let count = self.record_new(entries).await?;
        self.seen = newest;
        Ok(count)
    }

    /// The newest versions; none while they cannot be read, which is told where people look at the configuration.
    async fn versions(&self, limit: u32) -> Vec<Version> {
        match self.config.config_versions(None, limit).await {
            Ok(page) => page.items,
            Err(error) => {
                tracing::debug!(error = %error, "the versions of the configuration could not be read");
                Vec::new()
            }
        }
    }

    async fn record_new(&self, mut entries: Vec<NewAuditEntry>) -> Result<u64, StorageError> {
        if entries.is_empty() {
            return Ok(0);
        }
        let mut known = HashSet::new();
        for action in [
            AuditAction::ConfigReverted,
            AuditAction::ConfigRecovered,
            AuditAction::ConfigAdopted,
        ] {
            known.extend(self.recorded(action).await?);
        }
        entries.retain(|entry| !known.contains(&(entry.action, entry.target.clone())));
        if !entries.is_empty() {
            self.writes.record(&entries).await?;
        }
        Ok(entries.len() as u64)
    }

    /// The newest entries of an action that BanGUI itself made, by what they are about.
    async fn recorded(
        &self,
        action: AuditAction,
    ) -> Result<Vec<(AuditAction, String)>, StorageError> {
        let page = self
            .reads
            .audit(&AuditQuery {
                action: Some(action),
                limit: PageSize::new(PageSize::MAX).unwrap_or_default(),
                ..AuditQuery::default()
            })
            .await?;
        let own = page.items.into_iter().map(|item| item.entry);
        let own = own.filter(|entry| entry.actor == Actor::System);
        Ok(own.map(|entry| (entry.action, entry.target)).collect())
    }

    fn entry(&self, version: &Version, action: AuditAction) -> NewAuditEntry {
        let told = told::version(version);
        NewAuditEntry {
            at: version.at,
            actor: Actor::System,
            address: None,
            action,
            host: Some(self.host.clone()),
            target: told::version_name(version.id),
            outcome: told.outcome,
            detail: told.detail,
        }
    }
}

/// What a version is to the log, where nobody ordered it.
fn done_by_itself(version: &Version) -> Option<AuditAction> {
    let ordered = version.author.name.is_some();
    match version.origin {
        VersionOrigin::Reverted if !ordered => Some(AuditAction::ConfigReverted),
        VersionOrigin::Outside if !ordered => Some(AuditAction::ConfigAdopted),
        // Its author is whose change was half done.
        VersionOrigin::Recovered => Some(AuditAction::ConfigRecovered),
        _ => None,
    }
}
