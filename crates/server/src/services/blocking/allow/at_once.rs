//! What is done for a new entry before its answer is sent.
use std::{net::IpAddr, sync::Arc};

use domain::{
    ActiveBanQuery, AllowEntry, AllowSubject, BanSubject, HostActs, HostId, HostReads, IgnoreEntry,
    JailState, PageSize, UnbanCommand, UnbanScope,
};
use ipnet::IpNet;

use super::upkeep_soon;
use crate::{
    permission::Author,
    problem::Problem,
    services::{
        bans::unbanned_count,
        blocking::{lists::carry_out_soon, own_bans},
        jobs::unban_orders,
        orders::OrdersOf,
    },
    state::WriteState,
};

/// The most bans that are ended for one entry.
const MAX_UNBANNED: usize = 2000;

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

async fn let_in(
    state: &WriteState,
    (author, orders): (&Author, &OrdersOf),
    entry: &AllowEntry,
) -> Result<LetIn, Problem> {
    let mut done = LetIn::default();
    let networks = networks_of(state, entry, &mut done).await;
    if let Err(error) = state.blocking.let_through(&networks).await {
        done.problems.push(error.to_string());
    }
    let by = entry.entry.owner.clone();
    done.unbanned += own_bans::end_within(state, (author, by), &networks).await?;
    let host = HostId::local();
    let (reads, acts) = (state.reads.host(&host)?, state.host(&host)?);
    unban(reads, acts, orders, &networks, &mut done).await;
    ignore(reads, acts, &entry.entry.subject, &mut done).await;
    state.reads.details.forget();
    state.protection.tell().await?;
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

async fn unban(
    reads: &Arc<dyn HostReads>,
    acts: &Arc<dyn HostActs>,
    orders: &OrdersOf,
    networks: &[IpNet],
    done: &mut LetIn,
) {
    let mut subjects: Vec<BanSubject> = Vec::new();
    for network in networks {
        match banned_within(reads.as_ref(), *network).await {
            Ok(found) => subjects.extend(found),
            Err(error) => done.problems.push(error.to_string()),
        }
    }
    subjects.sort();
    subjects.dedup();
    for order in unban_orders(vec![(UnbanScope::AllJails, subjects)]) {
        match unban_some(acts, orders, &order).await {
            Ok(count) => done.unbanned += count,
            Err(error) => {
                done.problems.push(error.to_string());
                return;
            }
        }
    }
}

async fn unban_some(
    acts: &Arc<dyn HostActs>,
    orders: &OrdersOf,
    order: &UnbanCommand,
) -> Result<usize, domain::HostError> {
    orders.unban(order);
    Ok(unbanned_count(&acts.unban(order).await?))
}

/// Bans in force that have an address in common with a network.
async fn banned_within(
    reads: &dyn HostReads,
    network: IpNet,
) -> Result<Vec<BanSubject>, domain::HostError> {
    let mut query = ActiveBanQuery {
        search: Some(BanSubject::Network(network).to_string()),
        limit: PageSize::new(PageSize::MAX).unwrap_or_default(),
        ..ActiveBanQuery::default()
    };
    let mut found = Vec::new();
    loop {
        let page = reads.active_bans(&query).await?;
        let meets = |subject: &BanSubject| match subject {
            BanSubject::Network(banned) => banned.contains(&network) || network.contains(banned),
            BanSubject::Other(_) => false,
        };
        let subjects = page.items.into_iter().map(|ban| ban.subject).filter(meets);
        found.extend(subjects);
        query.after = page.next;
        if query.after.is_none() || found.len() >= MAX_UNBANNED {
            return Ok(found);
        }
    }
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
            done.problems.push(error.to_string());
            return;
        }
    };
    let Ok(entry) = subject.to_string().parse::<IgnoreEntry>() else {
        return;
    };
    for jail in jails.iter().filter(|jail| jail.state != JailState::Stopped) {
        match acts.add_ignore(&jail.name, &entry).await {
            Ok(_) => done.jails += 1,
            Err(error) => done.problems.push(format!("{}: {error}", jail.name)),
        }
    }
}
