//! What the agent did to the configuration by itself, written into the audit log: a change that nobody confirmed taken back, a half-done one put right,
//! and what a person ordered and a start saw through, as BanGUI had ended before it could write that down.
//!
//! The agent keeps each as a version. What the log has of them tells which are new, so that a start finds what happened
//! while nothing listened, and nothing is written twice.
use std::{collections::HashSet, sync::Arc};

use domain::{
    Actor, AuditAction, AuditQuery, HostConfigReads, HostId, NewAuditEntry, Outcome, PageSize,
    StorageError, StorageReads, StorageWrites, Version, VersionId, VersionOrigin,
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
        let entries = unseen.flat_map(|version| {
            let actions = [made(version), self.kept(version)];
            let actions = actions.into_iter().flatten();
            actions.map(|action| self.entry(version, action))
        });
        let entries = entries.collect();
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
            AuditAction::ConfigConfirmed,
        ] {
            known.extend(self.recorded(action).await?);
        }
        entries.retain(|entry| !known.contains(&(entry.action, entry.target.clone())));
        if !entries.is_empty() {
            self.writes.record(&entries).await?;
        }
        Ok(entries.len() as u64)
    }

    /// The newest entries of an action that BanGUI itself made, by what they are about. A confirmation is about the version that was confirmed
    /// also where a person's order was written down; all else that persons ordered is about something else than the version that came of it.
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
        let confirmed = |entry: &NewAuditEntry| {
            action == AuditAction::ConfigConfirmed && entry.outcome == Outcome::Success
        };
        let own = page.items.into_iter().map(|item| item.entry);
        let own = own.filter(|entry| entry.actor == Actor::System || confirmed(entry));
        Ok(own.map(|entry| (entry.action, entry.target)).collect())
    }

    /// That somebody confirmed it. Only a start asks, and only what is not in the log counts: later, whoever carries the order through is about to write it.
    fn kept(&self, version: &Version) -> Option<AuditAction> {
        let at_start = self.seen.is_none();
        let confirmed = version.confirmed.is_some() && at_start;
        confirmed.then_some(AuditAction::ConfigConfirmed)
    }

    fn entry(&self, version: &Version, action: AuditAction) -> NewAuditEntry {
        let told = told::version(version);
        NewAuditEntry {
            at: match (&version.confirmed, action) {
                (Some(confirmed), AuditAction::ConfigConfirmed) => confirmed.at,
                _ => version.at,
            },
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

/// How a version came to be, to the log, where nobody ordered it or nobody could write down that somebody had.
fn made(version: &Version) -> Option<AuditAction> {
    let told = version.author.name.is_some() && !version.finished_at_start;
    match version.origin {
        VersionOrigin::Reverted if !told => Some(AuditAction::ConfigReverted),
        VersionOrigin::Outside if !told => Some(AuditAction::ConfigAdopted),
        VersionOrigin::Applied if version.finished_at_start => Some(AuditAction::ConfigRecovered),
        // Its author is whose change was half done.
        VersionOrigin::Recovered => Some(AuditAction::ConfigRecovered),
        _ => None,
    }
}
