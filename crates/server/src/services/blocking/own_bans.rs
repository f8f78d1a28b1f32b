//! Bans of BanGUI's own table: of addresses and networks, for a time or for ever, with a reason, and without a jail.
use std::{collections::HashSet, sync::Arc};

use domain::{
    AuditAction, BanReason, BlockCommand, GuardHit, GuardReason, HostId, MAX_OWN_BANS,
    NewAuditEntry, NewOwnBan, Outcome, OwnBan, OwnBanId, UserName, parse_target,
};
use ipnet::IpNet;
use serde_json::json;

use super::{
    lists::{carry_out_soon, wrong},
    wanted::remaining,
};
use crate::{
    permission::Author,
    problem::{Code, FieldError, HitBody, Problem, TargetHits},
    services::{audit::MAX_NAMED, bans::text_of},
    state::{ReadState, WriteState},
};

/// The most targets of one request: as many as there may be, so that a whole file is one order, in one transaction, and undone as one.
const MAX_TARGETS: usize = 10_000;
/// The longest ban that is not for ever: ten years.
const MAX_SECONDS: i64 = 10 * 366 * 86_400;
/// The most errors that one answer names.
const MAX_ERRORS: usize = 100;

/// An order to ban, as a person gave it.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// On which host.
    pub(crate) host: HostId,
    /// Whom, as written.
    pub(crate) targets: Vec<String>,
    /// For how long; `None` is for ever.
    pub(crate) seconds: Option<i64>,
    /// Why.
    pub(crate) reason: String,
    /// The second yes to banning one's own address.
    pub(crate) confirm_own_address: bool,
}

/// Bans in force, newest first; only those that have an address in common with a network, where one is given.
pub(crate) async fn in_force(
    state: &ReadState,
    meets: Option<IpNet>,
) -> Result<Vec<OwnBan>, Problem> {
    let now = state.clock.now();
    Ok(state.blocking.storage.own_bans_in_force(now, meets).await?)
}

/// All bans, also those that are over, newest first.
pub(crate) async fn page(
    state: &ReadState,
    before: Option<OwnBanId>,
    limit: u32,
) -> Result<Vec<OwnBan>, Problem> {
    Ok(state.blocking.storage.own_bans(before, limit).await?)
}

/// Bans. All of it, or nothing.
///
/// # Errors
/// `invalid`, `too-many-targets`, `lock-out-guard` with what would be cut off, `firewall-unusable`, and storage's.
pub(crate) async fn create(
    state: &WriteState,
    (author, by): (&Author, UserName),
    order: Order,
) -> Result<Vec<OwnBan>, Problem> {
    let (targets, reason) = check(&order)?;
    let now = state.reads.clock.now();
    guard(state, author, &order, &targets).await?;
    let turn = Arc::clone(&state.blocking.bans_turn).lock_owned().await;
    let there = state.blocking.view.storage.count_own_bans(now).await?;
    if there.saturating_add(u64::try_from(targets.len()).unwrap_or(u64::MAX)) > MAX_OWN_BANS {
        return Err(Problem::new(Code::TooManyTargets)
            .detail(format!("There may be {MAX_OWN_BANS} bans without a jail."))
            .remedy("Publish longer lists, and add them as a source."));
    }
    // Nobody is told that somebody is banned where nothing could block.
    state.blocking.view.firewall.block_state().await?;
    let confirmed = order.confirm_own_address.then_some(author.address);
    let confirmed = confirmed.map(|own| own.to_canonical());
    let new: Vec<NewOwnBan> = targets
        .iter()
        .map(|network| NewOwnBan {
            host: order.host.clone(),
            network: *network,
            since: now,
            until: order.seconds.map(|seconds| now.plus_seconds(seconds)),
            reason: reason.clone(),
            by: by.clone(),
            confirmed: confirmed.filter(|own| network.contains(own)),
        })
        .collect();
    let audit = entry(
        state,
        author,
        AuditAction::OwnBansCreated,
        &order.host,
        &new,
    );
    let ids = state.blocking.writes.add_own_bans(&new, &audit).await?;
    let bans: Vec<OwnBan> = ids
        .into_iter()
        .zip(new)
        .map(|(id, ban)| OwnBan {
            id,
            ban,
            ended: None,
        })
        .collect();
    let work = {
        let (state, author) = (state.clone(), author.clone());
        async move {
            let _turn = turn;
            block_or_undo(&state, &author, &order, bans).await
        }
    };
    through(state, work).await
}

/// Ends the bans that lie within networks; answers how many.
///
/// # Errors
/// Storage's, and what the packet filter says.
pub(crate) async fn end_within(
    state: &WriteState,
    who: (&Author, UserName),
    networks: &[IpNet],
) -> Result<usize, Problem> {
    let is_within = |ban: &OwnBan| {
        networks
            .iter()
            .any(|network| network.contains(&ban.ban.network))
    };
    let bans = in_force(&state.reads, None).await?.into_iter();
    let ids: Vec<OwnBanId> = bans.filter(is_within).map(|ban| ban.id).collect();
    let (author, by) = who;
    let mut ended = 0;
    for part in ids.chunks(MAX_TARGETS) {
        match end(state, (author, by.clone()), &HostId::local(), part).await {
            Ok(bans) => ended += bans.len(),
            // Somebody else was quicker.
            Err(problem) if problem.code() == Code::OwnBanNotFound => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(ended)
}

/// To its end, also when nobody waits for the answer any more.
async fn through<T: Send + 'static>(
    state: &WriteState,
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    let done = state.deeds.tracker().spawn(work).await;
    done.map_err(|error| {
        tracing::error!(error = %error, "bans were not seen through");
        Problem::new(Code::Internal)
    })?
}

/// Nobody is to think that somebody is banned who is not: all of it, or nothing.
async fn block_or_undo(
    state: &WriteState,
    author: &Author,
    order: &Order,
    bans: Vec<OwnBan>,
) -> Result<Vec<OwnBan>, Problem> {
    let Err(problem) = block(state, author, order, &bans).await else {
        return Ok(bans);
    };
    let new: Vec<NewOwnBan> = bans.iter().map(|ban| ban.ban.clone()).collect();
    let entry = NewAuditEntry {
        outcome: Outcome::Failed,
        ..entry(
            state,
            author,
            AuditAction::OwnBansCreated,
            &order.host,
            &new,
        )
    };
    let ids: Vec<OwnBanId> = bans.iter().map(|ban| ban.id).collect();
    state.blocking.writes.undo_own_bans(&ids, &entry).await?;
    carry_out_soon(state);
    Err(problem)
}

async fn block(
    state: &WriteState,
    author: &Author,
    order: &Order,
    bans: &[OwnBan],
) -> Result<(), Problem> {
    if !state.blocking.view.firewall.block_state().await?.is_there {
        state.blocking.carry_out(false).await?;
    }
    let now = state.reads.clock.now();
    let command = BlockCommand {
        bans: bans.iter().map(|ban| remaining(ban, now)).collect(),
        requester: Some(author.address),
        confirm_own_address: order.confirm_own_address,
    };
    // The host's own guard has the last word: somebody may have come in since it was asked.
    Ok(state.blocking.block(&command).await?)
}

/// Ends bans; answers those that it ended.
///
/// # Errors
/// `own-ban-not-found` where it ended none, and storage's.
pub(crate) async fn end(
    state: &WriteState,
    (author, by): (&Author, UserName),
    host: &HostId,
    ids: &[OwnBanId],
) -> Result<Vec<OwnBan>, Problem> {
    if ids.len() > MAX_TARGETS {
        return Err(too_many());
    }
    state.host(host)?;
    let now = state.reads.clock.now();
    let there = in_force(&state.reads, None).await?;
    let wanted: HashSet<OwnBanId> = ids.iter().copied().collect();
    let named: Vec<NewOwnBan> = there
        .into_iter()
        .filter(|ban| wanted.contains(&ban.id))
        .map(|ban| ban.ban)
        .collect();
    let audit = entry(state, author, AuditAction::OwnBansEnded, host, &named);
    let turn = Arc::clone(&state.blocking.bans_turn).lock_owned().await;
    let writes = &state.blocking.writes;
    let ended = writes.end_own_bans(host, ids, (now, &by), &audit).await?;
    if ended.is_empty() {
        return Err(Problem::new(Code::OwnBanNotFound));
    }
    let networks: Vec<IpNet> = ended.iter().map(|ban| ban.ban.network).collect();
    let work = {
        let state = state.clone();
        async move {
            let _turn = turn;
            if let Err(error) = state.blocking.unblock(&networks).await {
                carry_out_soon(&state);
                return Err(error.into());
            }
            Ok(ended)
        }
    };
    through(state, work).await
}

fn check(order: &Order) -> Result<(Vec<IpNet>, BanReason), Problem> {
    if order.targets.is_empty() {
        return Err(Problem::invalid(
            "targets",
            "empty",
            "name at least one address",
        ));
    }
    if order.targets.len() > MAX_TARGETS {
        return Err(too_many());
    }
    let mut errors: Vec<FieldError> = Vec::new();
    if order
        .seconds
        .is_some_and(|seconds| !(1..=MAX_SECONDS).contains(&seconds))
    {
        errors.push(wrong(
            "seconds",
            "out-of-range",
            &"A ban lasts from a second to ten years, or for ever.",
        ));
    }
    let reason = order.reason.parse::<BanReason>().unwrap_or_else(|error| {
        errors.push(wrong("reason", "bad-reason", &error));
        BanReason::default()
    });
    let (mut targets, mut seen) = (Vec::new(), HashSet::new());
    for (at, text) in order.targets.iter().enumerate() {
        let field = format!("targets[{at}]");
        match parse_target(text) {
            Ok(target) if is_too_wide(target.network) => errors.push(wrong(
                &field,
                "too-wide",
                &"A network may be as wide as a /8, or a /19 of IPv6.",
            )),
            Ok(target) if !seen.insert(target.network) => {}
            Ok(target) => targets.push(target.network),
            Err(error) => errors.push(wrong(&field, "not-an-address", &error)),
        }
    }
    if errors.is_empty() {
        return Ok((targets, reason));
    }
    Err(errors
        .into_iter()
        .take(MAX_ERRORS)
        .fold(Problem::new(Code::Invalid), Problem::error))
}

pub(super) const fn is_too_wide(network: IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < blocklists::WIDEST_V4,
        IpNet::V6(network) => network.prefix_len() < blocklists::WIDEST_V6,
    }
}

/// Refuses what would cut off somebody who must stay reachable.
async fn guard(
    state: &WriteState,
    author: &Author,
    order: &Order,
    targets: &[IpNet],
) -> Result<(), Problem> {
    let host = state.reads.host(&order.host)?;
    let hits = host.guard_hits(targets, Some(author.address)).await?;
    let allowed = super::wanted::allowed(&state.reads.blocking, state.reads.clock.now()).await?;
    let stops = |target: &IpNet, hit: &GuardHit| match hit.reason {
        // The table lets the allowlist through in any case: only a ban of nobody else is refused.
        GuardReason::Allowlisted => allowed.iter().any(|allowed| allowed.contains(target)),
        reason => !(order.confirm_own_address && reason.can_be_overridden()),
    };
    let refused = targets
        .iter()
        .zip(&hits)
        .filter(|(target, hits)| hits.iter().any(|hit| stops(target, hit)))
        .map(|(target, hits)| TargetHits {
            target: text_of(*target),
            hits: hits.iter().map(HitBody::from).collect(),
        });
    let mut refused = refused.peekable();
    if refused.peek().is_none() {
        return Ok(());
    }
    Err(locked_out(refused))
}

fn locked_out(refused: impl Iterator<Item = TargetHits>) -> Problem {
    Problem::new(Code::LockOutGuard)
        .detail("Nothing was banned: a target would cut off an address that must stay reachable.")
        .hits(refused.take(MAX_ERRORS).collect())
}

fn too_many() -> Problem {
    Problem::new(Code::TooManyTargets)
        .detail(format!("One request may have {MAX_TARGETS} targets."))
        .remedy("Send the rest in another request, or publish a list and add it as a source.")
}

fn entry(
    state: &WriteState,
    author: &Author,
    action: AuditAction,
    host: &HostId,
    bans: &[NewOwnBan],
) -> NewAuditEntry {
    let names: Vec<String> = bans.iter().map(|ban| text_of(ban.network)).collect();
    let first = bans.first();
    NewAuditEntry {
        target: match names.as_slice() {
            [one] => one.clone(),
            many => format!("{} networks", many.len()),
        },
        host: Some(host.clone()),
        detail: json!({
            "targets": names.iter().take(MAX_NAMED).collect::<Vec<_>>(),
            "until": first.and_then(|ban| ban.until).map(|until| until.to_string()),
            "reason": first.map(|ban| ban.reason.as_str()),
        }),
        ..author.entry(state.reads.clock.now(), action)
    }
}
