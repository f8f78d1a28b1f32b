//! What the agent did to the configuration by itself, written into the audit log: a change that nobody confirmed taken back, a half-done one put right,
//! and what a person ordered before BanGUI ended, when that left no time to write it down.
//!
//! The agent keeps each as a version, and every entry about one has its number. What the log has of them tells which are new, so that a start finds what
//! happened while nothing listened, and nothing is written twice. What persons order while this runs is left to whoever carries it out.
use std::{collections::HashSet, sync::Arc};

use domain::{
    Actor, AuditAction, AuditQuery, HostConfigReads, HostId, NewAuditEntry, PageSize, StorageError,
    StorageReads, StorageWrites, Timestamp, Version, VersionId, VersionOrigin,
};

use super::told;
use crate::state::WriteState;

/// How many of the newest versions are looked at: more are not made between two looks.
const NEWEST_VERSIONS: u32 = 100;

/// How much earlier than its version the log may have an entry: clocks are set.
const CLOCK_SET_BACK_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// See the module.
pub(crate) struct OwnDoings {
    config: Arc<dyn HostConfigReads>,
    reads: Arc<dyn StorageReads>,
    writes: Arc<dyn StorageWrites>,
    host: HostId,
    /// When this start was.
    began: Timestamp,
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
            began: state.reads.clock.now(),
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
            let actions = [made(version), self.ordered(version), self.kept(version)];
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
        let Some(oldest) = entries.iter().map(|entry| entry.at.as_millis()).min() else {
            return Ok(0);
        };
        let from = Timestamp::from_millis(oldest.saturating_sub(CLOCK_SET_BACK_MILLIS));
        let actions: HashSet<AuditAction> = entries.iter().map(|entry| entry.action).collect();
        let mut known = HashSet::new();
        for action in actions {
            known.extend(self.recorded(action, from).await?);
        }
        entries.retain(|entry| !about(entry).is_some_and(|about| known.contains(&about)));
        if !entries.is_empty() {
            self.writes.record(&entries).await?;
        }
        Ok(entries.len() as u64)
    }

    /// The versions that the log has entries of an action about. What was refused made none.
    async fn recorded(
        &self,
        action: AuditAction,
        from: Timestamp,
    ) -> Result<HashSet<About>, StorageError> {
        let mut recorded = HashSet::new();
        let mut query = AuditQuery {
            action: Some(action),
            from: Some(from),
            limit: PageSize::new(PageSize::MAX).unwrap_or_default(),
            ..AuditQuery::default()
        };
        loop {
            let page = self.reads.audit(&query).await?;
            recorded.extend(page.items.iter().filter_map(|item| about(&item.entry)));
            if page.next.is_none() {
                return Ok(recorded);
            }
            query.after = page.next;
        }
    }

    /// What a person ordered: see [`Self::is_left_over`].
    fn ordered(&self, version: &Version) -> Option<AuditAction> {
        let is_ordered = version.author.name.is_some() && !version.finished_at_start;
        if !is_ordered || !self.is_left_over(version.at) {
            return None;
        }
        match version.origin {
            VersionOrigin::Applied => Some(AuditAction::ConfigApplied),
            VersionOrigin::Reverted => Some(AuditAction::ConfigReverted),
            VersionOrigin::Outside => Some(AuditAction::ConfigAdopted),
            VersionOrigin::First | VersionOrigin::Recovered => None,
        }
    }

    /// That somebody confirmed it: see [`Self::is_left_over`].
    fn kept(&self, version: &Version) -> Option<AuditAction> {
        let confirmed = version.confirmed.as_ref()?;
        self.is_left_over(confirmed.at)
            .then_some(AuditAction::ConfigConfirmed)
    }

    /// Whether what a person ordered at a time was cut off by the end before this start. What is ordered later is written down by whoever carries it
    /// through, maybe in a moment; a death before that is found by the next start.
    fn is_left_over(&self, at: Timestamp) -> bool {
        self.seen.is_none() && at < self.began
    }

    fn entry(&self, version: &Version, action: AuditAction) -> NewAuditEntry {
        let (target, told) = match action {
            AuditAction::ConfigApplied => (told::target(&version.changes), told::applied(version)),
            _ => (told::version_name(version.id), told::version(version)),
        };
        NewAuditEntry {
            at: match (&version.confirmed, action) {
                (Some(confirmed), AuditAction::ConfigConfirmed) => confirmed.at,
                _ => version.at,
            },
            actor: Actor::System,
            address: None,
            action,
            host: Some(self.host.clone()),
            target,
            outcome: told.outcome,
            detail: told.detail,
        }
    }
}

/// What an entry tells, and of which version.
type About = (AuditAction, u64);

/// Which version an entry is about, whoever wrote it; `None` where it is about none.
fn about(entry: &NewAuditEntry) -> Option<About> {
    let version = entry.detail.get("version")?.as_u64()?;
    Some((entry.action, version))
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
