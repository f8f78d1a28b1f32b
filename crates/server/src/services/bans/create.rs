//! Banning.
use std::sync::Arc;

use domain::{
    AuditAction, BanCommand, BanReport, GuardHit, HostError, HostId, HostReads, JailName,
    JailState, Outcome, parse_target,
};
use ipnet::IpNet;
use serde_json::json;

use super::{
    BanProgress, CHUNK, MAX_ERRORS, MAX_TARGETS, locked_out, named, target_of, text_of, too_many,
};
use crate::{
    problem::{Code, FieldError, HitBody, Problem, TargetHits},
    services::{
        audit::{Deed, Origin, Told},
        jobs::{BanJob, JobView},
    },
    state::WriteState,
};

/// An order to ban, as a person gave it.
pub(crate) struct BanOrder {
    /// On which host.
    pub(crate) host: HostId,
    /// In which jail.
    pub(crate) jail: JailName,
    /// Whom, as written.
    pub(crate) targets: Vec<String>,
    /// The second yes to banning one's own address.
    pub(crate) confirm_own_address: bool,
}

/// What is answered to it.
pub(crate) enum BanAnswer {
    /// What became of each target.
    Report(BanReport),
    /// Where to ask how it goes on.
    Job(JobView),
}

/// Bans at most [`CHUNK`] targets at once, more in a job.
///
/// # Errors
/// `invalid` for each target that is no address, `too-many-targets`, `lock-out-guard` when nothing is allowed, `busy`, and what the host says.
pub(crate) async fn create(
    state: &WriteState,
    origin: Origin,
    order: BanOrder,
) -> Result<BanAnswer, Problem> {
    let targets = targets_of(&order.targets)?;
    let names: Vec<String> = targets.iter().copied().map(text_of).collect();
    let deed = Deed {
        action: AuditAction::BansCreated,
        host: order.host.clone(),
        target: target_of(&names),
        asked: asked(&order, &names),
        origin,
    };
    let command = BanCommand {
        jail: order.jail,
        targets,
        requester: Some(deed.origin.address),
        confirm_own_address: order.confirm_own_address,
        for_list: false,
    };
    if command.targets.len() <= CHUNK {
        return ban_now(state, deed, command).await.map(BanAnswer::Report);
    }
    let acts = Arc::clone(state.host(&order.host)?);
    if let Err((problem, told)) = could_begin(state.reads.host(&order.host)?, &command).await {
        state.deeds.record(deed, told).await?;
        return Err(problem);
    }
    state
        .runner
        .start_ban(acts, BanJob { deed, command })
        .map(BanAnswer::Job)
}

fn asked(order: &BanOrder, names: &[String]) -> serde_json::Value {
    let mut asked = named(names);
    if let Some(asked) = asked.as_object_mut() {
        asked.insert("jail".to_owned(), json!(order.jail));
        if order.confirm_own_address {
            asked.insert("confirmOwnAddress".to_owned(), json!(true));
        }
    }
    asked
}

async fn ban_now(
    state: &WriteState,
    deed: Deed,
    command: BanCommand,
) -> Result<BanReport, Problem> {
    let acts = Arc::clone(state.host(&deed.host)?);
    let orders = state.orders.of(&deed.origin.actor, &deed.host);
    let work = async move {
        orders.ban(&command);
        let report = match acts.ban(&command).await {
            Ok(report) => report,
            Err(error) => {
                let told = Told::error(&error);
                return (Err(error.into()), told);
            }
        };
        let progress = BanProgress::of(&report);
        let told = Told {
            outcome: progress.counts.outcome(),
            detail: json!({ "counts": progress.counts, "refused": progress.refused }),
        };
        if progress.counts.refused == report.results.len() {
            return (Err(locked_out(progress.refused)), told);
        }
        (Ok(report), told)
    };
    state.deeds.carry_through(deed, work).await
}

/// Whether a job would get anywhere: what can be seen from memory is said now rather than by the job.
async fn could_begin(
    host: &Arc<dyn HostReads>,
    command: &BanCommand,
) -> Result<(), (Problem, Told)> {
    let failed = |error: HostError| {
        let told = Told::error(&error);
        (Problem::from(error), told)
    };
    answers(host).await.map_err(failed)?;
    runs(host, &command.jail).await.map_err(failed)?;
    let hits = host
        .guard_hits(&command.targets, command.requester)
        .await
        .map_err(failed)?;
    let stops = |hit: &GuardHit| !(command.confirm_own_address && hit.reason.can_be_overridden());
    if !hits.iter().all(|hits| hits.iter().any(stops)) {
        return Ok(());
    }
    let refused: Vec<TargetHits> = command
        .targets
        .iter()
        .zip(&hits)
        .map(|(target, hits)| TargetHits {
            target: text_of(*target),
            hits: hits.iter().map(HitBody::from).collect(),
        })
        .collect();
    let told = Told {
        outcome: Outcome::Refused,
        detail: json!({ "counts": { "refused": refused.len() } }),
    };
    Err((locked_out(refused), told))
}

/// Whether the daemon answered when it was last asked.
pub(super) async fn answers(host: &Arc<dyn HostReads>) -> Result<(), HostError> {
    host.status().await?.daemon.unless_down()
}

async fn runs(host: &Arc<dyn HostReads>, jail: &JailName) -> Result<(), HostError> {
    let jails = host.jails().await?;
    match jails.items.iter().find(|known| known.name == *jail) {
        None if jails.as_of.is_some() => Err(HostError::JailNotFound(jail.clone())),
        Some(known) if known.state == JailState::Stopped => {
            Err(HostError::JailNotRunning(jail.clone()))
        }
        _ => Ok(()),
    }
}

/// The targets in canonical form, each once, in the order in which they were written.
fn targets_of(texts: &[String]) -> Result<Vec<IpNet>, Problem> {
    if texts.is_empty() {
        return Err(Problem::invalid(
            "targets",
            "empty",
            "name at least one address",
        ));
    }
    if texts.len() > MAX_TARGETS {
        return Err(too_many());
    }
    let mut seen = std::collections::HashSet::new();
    let mut targets = Vec::new();
    let mut errors = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        match parse_target(text) {
            Ok(parsed) if seen.insert(parsed.network) => targets.push(parsed.network),
            Ok(_) => {}
            Err(error) => errors.push(FieldError {
                field: format!("targets[{at}]"),
                code: "not-an-address",
                message: error.to_string(),
            }),
        }
    }
    if errors.is_empty() {
        return Ok(targets);
    }
    Err(errors
        .into_iter()
        .take(MAX_ERRORS)
        .fold(Problem::new(Code::Invalid), Problem::error))
}
