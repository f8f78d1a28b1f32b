//! What is done for a new entry before its answer is sent.
use std::{net::IpAddr, sync::Arc};

use domain::{
    AllowEntry, AllowSubject, HostActs, HostError, HostId, HostReads, IgnoreEntry, JailState,
};
use ipnet::IpNet;

use super::{unban::Unbanning, upkeep_soon};
use crate::{
    permission::Author,
    problem::Problem,
    services::{
        blocking::{lists::carry_out_soon, own_bans},
        orders::OrdersOf,
    },
    state::WriteState,
    tasks::TaskFault,
};

/// What was done at once.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct LetIn {
    /// How many bans ended, each jail counted.
    pub(crate) unbanned: usize,
    /// How many running jails ignore it from now on.
    pub(crate) jails: usize,
    /// To what a name resolves now.
    pub(crate) addresses: Vec<IpAddr>,
    /// What could not be done, in plain words. It is tried again.
    pub(crate) problems: Vec<String>,
}

/// Lets in whom an entry names: to the end, also when nobody waits for the answer any more.
pub(super) async fn let_in_through(
    state: &WriteState,
    author: &Author,
    entry: &AllowEntry,
) -> Result<LetIn, Problem> {
    let here = HostId::local();
    if entry.entry.host.as_ref().is_some_and(|host| *host != here) {
        return Ok(LetIn::default());
    }
    let orders = state.orders.of(&author.actor, &here);
    let (state, author, entry) = (state.clone(), author.clone(), entry.clone());
    let tracker = state.deeds.tracker().clone();
    let work = async move { let_in(&state, (&author, &orders), &entry).await };
    let done = tracker.spawn(work).await;
    done.map_err(|error| {
        tracing::error!(error = %error, "an allowlist entry was not seen through");
        Problem::new(crate::problem::Code::Internal)
    })?
}

/// Each part is tried, also where another failed: of fail2ban's part the task [`super::UPKEEP`] does what is not done now.
async fn let_in(
    state: &WriteState,
    (author, orders): (&Author, &OrdersOf),
    entry: &AllowEntry,
) -> Result<LetIn, Problem> {
    let mut done = LetIn::default();
    let networks = networks_of(state, entry, &mut done).await;
    let host = HostId::local();
    let (reads, acts) = (state.reads.host(&host)?, state.host(&host)?);
    // What needs no fail2ban comes first: it may not answer.
    if let Err(error) = state.protection.tell().await {
        done.problems.push(error.to_string());
    }
    if let Err(error) = state.blocking.let_through(&networks).await {
        done.problems.push(error.to_string());
    }
    let by = entry.entry.owner.clone();
    match own_bans::end_within(state, (author, by), &networks).await {
        Ok(ended) => done.unbanned += ended,
        Err(problem) => done
            .problems
            .push(format!("bans without a jail: {}", problem.text())),
    }
    // Before bans of jails end: who goes on failing would be banned anew between that and this.
    ignore(reads, acts, &entry.entry.subject, &mut done).await;
    let unbanning = Unbanning {
        reads,
        acts,
        orders,
    };
    let unbanned = unbanning.within(&networks).await;
    done.unbanned += unbanned.count;
    if !unbanned.problems.is_empty() {
        state.blocking.view.known.let_in_later(networks);
        done.problems.extend(unbanned.problems);
    }
    if let Some(fault) = TaskFault::partly(&done.problems) {
        state
            .blocking
            .view
            .known
            .allow_synced(Some(fault.to_string()));
    }
    state.reads.details.forget();
    carry_out_soon(state);
    upkeep_soon(state, entry.entry.owner.clone());
    Ok(done)
}

/// The networks of an entry; a name is asked for now.
async fn networks_of(state: &WriteState, entry: &AllowEntry, done: &mut LetIn) -> Vec<IpNet> {
    let name = match &entry.entry.subject {
        AllowSubject::Network(network) => return vec![*network],
        AllowSubject::Name(name) => name,
    };
    let found = state.blocking.resolve_now(entry, name).await;
    if let Some(problem) = found.problem {
        done.problems.push(format!("{name}: {problem}"));
    }
    done.addresses.clone_from(&found.addresses);
    found.addresses.into_iter().map(IpNet::from).collect()
}

async fn ignore(
    reads: &Arc<dyn HostReads>,
    acts: &Arc<dyn HostActs>,
    subject: &AllowSubject,
    done: &mut LetIn,
) {
    let jails = match reads.jails().await {
        Ok(jails) => jails.items,
        Err(error) => {
            done.problems
                .push(format!("no jail ignores it yet: {error}"));
            return;
        }
    };
    let Ok(entry) = subject.to_string().parse::<IgnoreEntry>() else {
        return;
    };
    for jail in jails.iter().filter(|jail| jail.state != JailState::Stopped) {
        match acts.add_ignore(&jail.name, &entry).await {
            Ok(_) => done.jails += 1,
            Err(error) => {
                done.problems.push(format!("{}: {error}", jail.name));
                // The others would be waited for in vain.
                if matches!(error, HostError::Unavailable { .. }) {
                    return;
                }
            }
        }
    }
}
