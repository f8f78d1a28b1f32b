//! Looking at a list before it is banned.
use std::{collections::HashSet, net::IpAddr, sync::Arc};

use domain::{BanSubject, GuardHit, HostReads, JailName};
use ipnet::IpNet;

use super::list::{ListProblem, WrittenTarget, covers, read_list};
use crate::problem::Problem;

/// What a target of a list is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum CheckOutcome {
    /// It can be banned.
    Ok,
    /// It is no address.
    Invalid,
    /// It is in the list before.
    Duplicate,
    /// The jail bans it already.
    AlreadyBanned,
    /// The lock-out guard refuses it.
    Refused,
    /// It is where the request comes from: the guard refuses it unless confirmed.
    NeedsConfirmation,
}

/// A target of a list, and what it is good for.
#[derive(Debug, Clone)]
pub(crate) struct CheckedLine {
    /// The target.
    pub(crate) written: WrittenTarget,
    /// What it is good for.
    pub(crate) outcome: CheckOutcome,
    /// What it would cut off.
    pub(crate) hits: Vec<GuardHit>,
}

impl CheckedLine {
    /// How many addresses it covers, in decimal digits.
    pub(crate) fn addresses(&self) -> String {
        self.network().map_or_else(|| "0".to_owned(), covers)
    }

    /// What it means, if it is an address.
    pub(crate) fn network(&self) -> Option<IpNet> {
        self.written.meaning.as_ref().ok().map(|t| t.network)
    }
}

/// Looks at each target of a list, as a ban of it in the jail would.
///
/// # Errors
/// `too-many-targets`.
pub(crate) async fn check(
    host: &Arc<dyn HostReads>,
    requester: IpAddr,
    jail: Option<&JailName>,
    text: &str,
) -> Result<Vec<CheckedLine>, Problem> {
    let written = read_list(text).map_err(|ListProblem::TooManyTargets| super::too_many())?;
    let networks: Vec<IpNet> = written.iter().filter_map(first_network).collect();
    let mut hits = host
        .guard_hits(&networks, Some(requester))
        .await?
        .into_iter();
    let banned = banned_in(host, jail, &networks).await?;
    Ok(written
        .into_iter()
        .map(|target| {
            let hits = match first_network(&target) {
                Some(_) => hits.next().unwrap_or_default(),
                None => Vec::new(),
            };
            CheckedLine {
                outcome: outcome(&target, &hits, &banned),
                written: target,
                hits,
            }
        })
        .collect())
}

/// What a target means where it is named first.
fn first_network(target: &WrittenTarget) -> Option<IpNet> {
    let meaning = target.meaning.as_ref().ok()?;
    meaning.duplicate_of.is_none().then_some(meaning.network)
}

async fn banned_in(
    host: &Arc<dyn HostReads>,
    jail: Option<&JailName>,
    networks: &[IpNet],
) -> Result<HashSet<IpNet>, Problem> {
    let Some(jail) = jail else {
        return Ok(HashSet::new());
    };
    let bans = host.bans_of(networks).await?;
    Ok(bans
        .into_iter()
        .filter(|ban| ban.jail == *jail)
        .filter_map(|ban| match ban.subject {
            BanSubject::Network(network) => Some(network),
            BanSubject::Other(_) => None,
        })
        .collect())
}

/// The guard comes first, as it does when banning.
fn outcome(target: &WrittenTarget, hits: &[GuardHit], banned: &HashSet<IpNet>) -> CheckOutcome {
    let Ok(meaning) = &target.meaning else {
        return CheckOutcome::Invalid;
    };
    if meaning.duplicate_of.is_some() {
        CheckOutcome::Duplicate
    } else if hits.iter().any(|hit| !hit.reason.can_be_overridden()) {
        CheckOutcome::Refused
    } else if !hits.is_empty() {
        CheckOutcome::NeedsConfirmation
    } else if banned.contains(&meaning.network) {
        CheckOutcome::AlreadyBanned
    } else {
        CheckOutcome::Ok
    }
}
