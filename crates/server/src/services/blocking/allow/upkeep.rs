//! Looks after the allowlist: names change their addresses, entries end, jails start, files are changed by others.
use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use blocklists::{Ranges, ResolveError};
use domain::{
    Actor, AllowEntry, AllowId, AllowSubject, AuditAction, HostActs, HostConfigActs,
    HostConfigReads, HostError, HostId, HostName, HostReads, NewAuditEntry, Outcome, StorageError,
};
use futures_util::future::join_all;
use ipnet::IpNet;
use serde_json::json;

use super::{
    super::{
        Blocking, NotCarriedOut,
        known::{Resolved, ToLetIn},
        wanted::allowed,
    },
    files,
    running::{self, Words},
    unban::Unbanning,
};
use crate::{
    services::{addresses::details::JailDetails, orders::OrdersOf, protection::Protection},
    state::WriteState,
    tasks::TaskFault,
};

/// Names that are asked for at the same time.
const ASKED_AT_ONCE: usize = 8;

/// The most addresses of a name that are let through.
const MAX_ADDRESSES: usize = 32;

/// What the task needs.
pub(crate) struct Upkeep {
    blocking: Blocking,
    host: Arc<dyn HostReads>,
    acts: Arc<dyn HostActs>,
    config: Arc<dyn HostConfigReads>,
    config_acts: Arc<dyn HostConfigActs>,
    details: Arc<JailDetails>,
    protection: Protection,
    orders: OrdersOf,
}

impl Upkeep {
    /// `None` where there is no host.
    pub(crate) fn new(state: &WriteState) -> Option<Self> {
        let here = HostId::local();
        Some(Self {
            blocking: state.blocking.clone(),
            host: Arc::clone(state.reads.host(&here).ok()?),
            acts: Arc::clone(state.host(&here).ok()?),
            config: Arc::clone(state.reads.config(&here).ok()?),
            config_acts: Arc::clone(state.config(&here).ok()?),
            details: Arc::clone(&state.reads.details),
            protection: state.protection.clone(),
            orders: state.orders.of(&Actor::System, &here),
        })
    }

    /// Brings all that follows from the allowlist up to date; answers how much was changed.
    ///
    /// # Errors
    /// What was not done, which is also noted and shown with the allowlist. It is tried again.
    pub(crate) async fn run(&self) -> Result<u64, TaskFault> {
        self.blocking.view.known.upkeep_begins();
        let mut changed = self.end_expired().await?;
        let entries = self.blocking.view.storage.allowlist().await?;
        let fresh = self.blocking.resolve_all(&entries).await?;
        self.blocking.view.known.let_in_later(fresh);
        self.protection.tell().await?;
        let mut problems = Vec::new();
        match self.note_written(&entries).await? {
            Ok(()) => changed += self.follow(&mut problems).await?,
            Err(problem) => problems.push(problem),
        }
        // Jails ignore them by now, so that nobody is banned anew.
        changed += self.let_in(&mut problems).await?;
        let shown = TaskFault::partly(&problems).map(|fault| fault.to_string());
        self.blocking.view.known.allow_synced(shown);
        match self.blocking.carry_out(false).await {
            Ok(_) => {}
            Err(NotCarriedOut::Storage(error)) => return Err(error.into()),
            // It is shown with what is blocked.
            Err(error) => problems.push(error.to_string()),
        }
        TaskFault::partly(&problems).map_or(Ok(changed), Err)
    }

    /// Running jails and fail2ban's files follow.
    async fn follow(&self, problems: &mut Vec<String>) -> Result<u64, StorageError> {
        let entries = self.blocking.view.storage.allowlist().await?;
        let words = self.words(&entries);
        let jails = self.running(&words).await;
        let files = self.files(&words).await;
        let mut changed = 0;
        if let (Ok(in_jails), Ok(in_files)) = (&jails, &files) {
            changed += in_jails + u64::from(*in_files);
            let ended = ended(&entries);
            self.blocking.writes.forget_allowed(&ended).await?;
        }
        problems.extend(jails.err().into_iter().chain(files.err()));
        Ok(changed)
    }

    /// Ends the bans that were not ended at once, and those of addresses that a name has come to have.
    async fn let_in(&self, problems: &mut Vec<String>) -> Result<u64, StorageError> {
        let now = self.blocking.clock.now();
        let allowed = allowed(&self.blocking.view, now).await?;
        let networks: Vec<IpNet> = match self.blocking.view.known.take_to_let_in() {
            ToLetIn::Everybody => allowed,
            // Only of whom the list still lets through.
            ToLetIn::These(these) => {
                let allowed = Ranges::of(allowed);
                let still = these.into_iter().filter(|network| allowed.meets(*network));
                still.collect()
            }
        };
        if networks.is_empty() {
            return Ok(0);
        }
        let unbanning = Unbanning {
            reads: &self.host,
            acts: &self.acts,
            orders: &self.orders,
        };
        let unbanned = unbanning.within(&networks).await;
        if !unbanned.problems.is_empty() {
            self.blocking.view.known.let_in_later(networks);
            problems.extend(unbanned.problems);
        }
        if unbanned.count > 0 {
            tracing::info!(
                count = unbanned.count,
                "bans of whom the allowlist lets through are ended"
            );
            self.details.forget();
        }
        Ok(u64::try_from(unbanned.count).unwrap_or(u64::MAX))
    }

    async fn end_expired(&self) -> Result<u64, StorageError> {
        let now = self.blocking.clock.now();
        let entries = self.blocking.view.storage.allowlist().await?;
        let over = |entry: &&AllowEntry| entry.removed_at.is_none() && !entry.holds(now);
        let over: Vec<&AllowEntry> = entries.iter().filter(over).collect();
        if over.is_empty() {
            return Ok(0);
        }
        let ids: Vec<AllowId> = over.iter().map(|entry| entry.id).collect();
        let names: Vec<String> = over.iter().map(|e| e.entry.subject.to_string()).collect();
        let audit = NewAuditEntry {
            at: now,
            actor: Actor::System,
            address: None,
            action: AuditAction::AllowlistRemoved,
            host: None,
            target: names.first().cloned().unwrap_or_default(),
            outcome: Outcome::Success,
            detail: json!({ "expired": names }),
        };
        self.blocking.writes.disallow(&ids, now, &audit).await
    }

    /// Notes of entries that are new whether their words stand in fail2ban's files already, before anything is written there.
    async fn note_written(
        &self,
        entries: &[AllowEntry],
    ) -> Result<Result<(), String>, StorageError> {
        let new: Vec<&AllowEntry> = entries.iter().filter(|e| e.written.is_none()).collect();
        if new.is_empty() {
            return Ok(Ok(()));
        }
        let there = match files::words(&self.config).await {
            Ok(there) => there,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let written: Vec<(AllowId, bool)> = new
            .into_iter()
            .map(|entry| (entry.id, !there.contains(&entry.entry.subject.to_string())))
            .collect();
        self.blocking.writes.wrote_allowed(&written).await?;
        Ok(Ok(()))
    }

    fn words(&self, entries: &[AllowEntry]) -> Words {
        let (now, here) = (self.blocking.clock.now(), HostId::local());
        let mut words = Words::default();
        for entry in entries {
            if entry.entry.host.as_ref().is_some_and(|host| *host != here) {
                continue;
            }
            let word = entry.entry.subject.to_string();
            if entry.holds(now) {
                words.wanted.insert(word);
            } else if entry.written != Some(false) {
                // What stood in a file before the entry is the user's own, and stays.
                words.gone.insert(word);
            }
        }
        let Words { wanted, gone } = &mut words;
        gone.retain(|word| !wanted.contains(word));
        words
    }

    async fn running(&self, words: &Words) -> Result<u64, String> {
        if words.wanted.is_empty() && words.gone.is_empty() {
            return Ok(0);
        }
        let told = |error: HostError| error.to_string();
        let here = HostId::local();
        let jails = self.details.running(&here, &self.host, &[]);
        let jails = jails.await.map_err(told)?;
        let mut changed = 0;
        for jail in &jails.details {
            let updating = running::bring_up_to_date(&self.acts, jail, words);
            changed += updating.await.map_err(told)?;
        }
        if changed > 0 {
            self.details.forget();
        }
        if let Some(unknown) = jails.unknown.first() {
            return Err(format!("fail2ban did not tell about {unknown} in time"));
        }
        Ok(changed)
    }

    async fn files(&self, words: &Words) -> Result<bool, String> {
        if words.wanted.is_empty() && words.gone.is_empty() {
            return Ok(false);
        }
        let writing = files::bring_up_to_date(&self.config, &self.config_acts, words);
        writing.await.map_err(|error| error.to_string())
    }
}

/// What a name was before.
fn known_before(entries: &[AllowEntry], name: &HostName) -> Vec<IpAddr> {
    let is_it = |entry: &&AllowEntry| match &entry.entry.subject {
        AllowSubject::Name(other) => other == name,
        AllowSubject::Network(_) => false,
    };
    let entry = entries.iter().find(is_it);
    entry
        .map(|entry| entry.addresses.clone())
        .unwrap_or_default()
}

/// Entries that do not hold any more, and are in no file any more.
fn ended(entries: &[AllowEntry]) -> Vec<AllowId> {
    let ended = entries.iter().filter(|entry| entry.removed_at.is_some());
    ended.map(|entry| entry.id).collect()
}

impl Blocking {
    /// Asks for all names on the allowlist; what they were stays where nobody answers. Answers the addresses that are new.
    async fn resolve_all(&self, entries: &[AllowEntry]) -> Result<Vec<IpNet>, StorageError> {
        let names = entries
            .iter()
            .filter_map(|entry| match &entry.entry.subject {
                AllowSubject::Name(name) if entry.removed_at.is_none() => Some(name.clone()),
                _ => None,
            });
        let names: Vec<HostName> = names.collect();
        let mut found = BTreeMap::new();
        for some in names.chunks(ASKED_AT_ONCE) {
            let asked = some
                .iter()
                .map(|name| self.ask(name, known_before(entries, name)));
            let answers = join_all(asked).await;
            found.extend(some.iter().cloned().zip(answers));
        }
        self.view.known.found_names(&found);
        let kept: Vec<(AllowId, Vec<IpAddr>)> = entries
            .iter()
            .filter_map(|entry| match &entry.entry.subject {
                AllowSubject::Name(name) => {
                    let addresses = found.get(name)?.addresses.clone();
                    (addresses != entry.addresses).then_some((entry.id, addresses))
                }
                AllowSubject::Network(_) => None,
            })
            .collect();
        self.writes.found_addresses(&kept).await?;
        let before = |id: AllowId| {
            let entry = entries.iter().find(|entry| entry.id == id);
            entry.map_or(&[][..], |entry| entry.addresses.as_slice())
        };
        let fresh = kept.iter().flat_map(|(id, addresses)| {
            let fresh = addresses.iter().filter(|one| !before(*id).contains(one));
            fresh.copied().map(IpNet::from)
        });
        Ok(fresh.collect())
    }

    /// Asks for one name now, and remembers it.
    pub(super) async fn resolve_now(&self, entry: &AllowEntry, name: &HostName) -> Resolved {
        let found = self.ask(name, Vec::new()).await;
        let one = BTreeMap::from([(name.clone(), found.clone())]);
        self.view.known.found_names(&one);
        let kept = [(entry.id, found.addresses.clone())];
        if let Err(error) = self.writes.found_addresses(&kept).await {
            tracing::warn!(error = %error, "what a name was found to be is not kept");
        }
        found
    }

    async fn ask(&self, name: &HostName, before: Vec<IpAddr>) -> Resolved {
        let at = self.clock.now();
        match self.resolver.addresses(name.as_str()).await {
            Ok(mut addresses) => {
                addresses.truncate(MAX_ADDRESSES);
                Resolved {
                    at,
                    addresses,
                    problem: None,
                }
            }
            Err(error) => Resolved {
                at,
                addresses: match error {
                    ResolveError::NotFound => Vec::new(),
                    ResolveError::NoAnswer => before,
                },
                problem: Some(error.to_string()),
            },
        }
    }
}
