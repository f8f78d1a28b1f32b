//! Unbanning.
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::{
    AuditAction, BanSubject, HostActs, HostError, HostId, JailName, Outcome, UnbanCommand,
    UnbanReport, UnbanScope,
};
use serde_json::json;

use super::{MAX_ERRORS, MAX_TARGETS, create::answers, named, target_of, too_many};
use crate::{
    problem::{Code, FieldError, Problem},
    services::{
        audit::{Deed, Origin, Told},
        jobs::{JobView, UnbanJob, unban_orders},
        orders::OrdersOf,
    },
    state::WriteState,
};

/// The most bans that are ended while the client waits: an unban that finds nothing costs the daemon little.
const MAX_AT_ONCE: usize = 100;
/// The most characters of a subject that is no address. fail2ban takes any text from a log line; nothing longer can have been meant.
const MAX_SUBJECT_CHARS: usize = 1_000;

/// Whom to unban where, as a person gave it.
pub(crate) struct UnbanOrder {
    /// Whom, as the list of bans says it.
    pub(crate) subject: String,
    /// In which jail; everywhere when it is not said.
    pub(crate) jail: Option<String>,
}

/// A wish that can be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Wish {
    subject: BanSubject,
    jail: Option<JailName>,
}

/// What became of one wish.
pub(crate) struct UnbanResultOf {
    /// Whom.
    pub(crate) subject: BanSubject,
    /// Where it was to be; everywhere when it was not said.
    pub(crate) jail: Option<JailName>,
    /// Where it was banned before and is not any more.
    pub(crate) unbanned_in: Vec<JailName>,
    /// Where it is banned still.
    pub(crate) still_banned_in: Vec<JailName>,
}

/// What is answered.
pub(crate) enum UnbanAnswer {
    /// What became of each wish.
    Report(Vec<UnbanResultOf>),
    /// Where to ask how it goes on.
    Job(JobView),
}

/// Unbans at most [`MAX_AT_ONCE`] at once, more in a job.
///
/// # Errors
/// `invalid` for each target that cannot be meant, `too-many-targets`, `busy`, and what the host says.
pub(crate) async fn remove(
    state: &WriteState,
    origin: Origin,
    host: HostId,
    orders: Vec<UnbanOrder>,
) -> Result<UnbanAnswer, Problem> {
    let wishes = wishes_of(orders)?;
    let acts = Arc::clone(state.host(&host)?);
    let names: Vec<String> = wishes.iter().map(|w| w.subject.to_string()).collect();
    let mut asked = named(&names);
    if let (Some(asked), Some(jails)) = (asked.as_object_mut(), jails_of(&wishes)) {
        asked.insert("jails".to_owned(), json!(jails));
    }
    let deed = Deed {
        origin,
        action: AuditAction::BansRemoved,
        target: target_of(&names),
        asked,
        host,
    };
    if wishes.len() <= MAX_AT_ONCE {
        return unban_now(state, deed, acts, wishes)
            .await
            .map(UnbanAnswer::Report);
    }
    if let Err(error) = answers(state.reads.host(&deed.host)?).await {
        state.deeds.record(deed, Told::error(&error)).await?;
        return Err(error.into());
    }
    let places = by_place(&wishes);
    state
        .runner
        .start_unban(acts, UnbanJob { deed, places })
        .map(UnbanAnswer::Job)
}

/// Ends every ban in every jail.
///
/// # Errors
/// What the host says.
pub(crate) async fn clear(
    state: &WriteState,
    origin: Origin,
    host: HostId,
) -> Result<u64, Problem> {
    let acts = Arc::clone(state.host(&host)?);
    let deed = Deed {
        origin,
        action: AuditAction::BansCleared,
        host,
        target: "all jails".to_owned(),
        asked: json!({}),
    };
    let orders = state.orders.of(&deed.origin.actor, &deed.host);
    let work = async move {
        orders.unban_everything();
        acts.unban_everything().await
    };
    state
        .deeds
        .carry_out(deed, work, |unbanned| {
            Told::success(json!({ "unbanned": unbanned }))
        })
        .await
}

async fn unban_now(
    state: &WriteState,
    deed: Deed,
    acts: Arc<dyn HostActs>,
    wishes: Vec<Wish>,
) -> Result<Vec<UnbanResultOf>, Problem> {
    let orders = state.orders.of(&deed.origin.actor, &deed.host);
    let work = async move {
        let mut done = Done::new();
        if let Err(error) = send(&acts, &orders, &wishes, &mut done).await {
            let told = told_broken(&error, &done);
            return (Err(Problem::from(error)), told);
        }
        let results = results_of(wishes, done);
        let told = told(&results);
        (Ok(results), told)
    };
    state.deeds.carry_through(deed, work).await
}

async fn send(
    acts: &Arc<dyn HostActs>,
    orders: &OrdersOf,
    wishes: &[Wish],
    done: &mut Done,
) -> Result<(), HostError> {
    for order in unban_orders(by_place(wishes)) {
        orders.unban(&order);
        note(done, &order, acts.unban(&order).await?);
    }
    Ok(())
}

fn results_of(wishes: Vec<Wish>, mut done: Done) -> Vec<UnbanResultOf> {
    let result = |wish: Wish| {
        let (unbanned_in, still_banned_in) = done.remove(&wish).unwrap_or_default();
        UnbanResultOf {
            subject: wish.subject,
            jail: wish.jail,
            unbanned_in,
            still_banned_in,
        }
    };
    wishes.into_iter().map(result).collect()
}

/// An error after a part was done.
fn told_broken(error: &HostError, done: &Done) -> Told {
    let mut told = Told::error(error);
    let unbanned: usize = done.values().map(|(jails, _)| jails.len()).sum();
    if unbanned > 0 {
        told.outcome = Outcome::Partial;
        told.detail = json!({ "unbanned": unbanned, "error": error.to_string() });
    }
    told
}

type Done = HashMap<Wish, (Vec<JailName>, Vec<JailName>)>;

fn note(done: &mut Done, order: &UnbanCommand, report: UnbanReport) {
    let jail = match &order.scope {
        UnbanScope::Jail(jail) => Some(jail.clone()),
        UnbanScope::AllJails => None,
    };
    // By place: the host answers in the order of the subjects, perhaps in another form of them.
    for (subject, result) in order.subjects.iter().zip(report.results) {
        let wish = Wish {
            subject: subject.clone(),
            jail: jail.clone(),
        };
        done.insert(wish, (result.unbanned_in, result.still_banned_in));
    }
}

fn told(results: &[UnbanResultOf]) -> Told {
    let unbanned: usize = results.iter().map(|r| r.unbanned_in.len()).sum();
    let still: usize = results.iter().map(|r| r.still_banned_in.len()).sum();
    let outcome = match (unbanned, still) {
        (_, 0) => Outcome::Success,
        (0, _) => Outcome::Failed,
        _ => Outcome::Partial,
    };
    Told {
        outcome,
        detail: json!({ "unbanned": unbanned, "stillBanned": still }),
    }
}

/// The jails that are named; `None` when every jail is meant.
fn jails_of(wishes: &[Wish]) -> Option<Vec<&JailName>> {
    let named: Option<HashSet<&JailName>> = wishes.iter().map(|wish| wish.jail.as_ref()).collect();
    let mut jails: Vec<&JailName> = named?.into_iter().collect();
    jails.sort_unstable();
    Some(jails)
}

/// The subjects of each jail, in the order in which they were asked for.
fn by_place(wishes: &[Wish]) -> Vec<(UnbanScope, Vec<BanSubject>)> {
    let mut places: Vec<(UnbanScope, Vec<BanSubject>)> = Vec::new();
    let mut at: HashMap<Option<&JailName>, usize> = HashMap::new();
    for wish in wishes {
        let index = *at.entry(wish.jail.as_ref()).or_insert_with(|| {
            let scope = wish
                .jail
                .clone()
                .map_or(UnbanScope::AllJails, UnbanScope::Jail);
            places.push((scope, Vec::new()));
            places.len() - 1
        });
        if let Some((_, subjects)) = places.get_mut(index) {
            subjects.push(wish.subject.clone());
        }
    }
    places
}

fn wishes_of(orders: Vec<UnbanOrder>) -> Result<Vec<Wish>, Problem> {
    if orders.is_empty() {
        return Err(Problem::invalid(
            "targets",
            "empty",
            "name at least one ban",
        ));
    }
    if orders.len() > MAX_TARGETS {
        return Err(too_many());
    }
    let mut seen = HashSet::new();
    let mut wishes = Vec::new();
    let mut errors = Vec::new();
    for (at, order) in orders.into_iter().enumerate() {
        match wish_of(order) {
            Ok(wish) if seen.insert(wish.clone()) => wishes.push(wish),
            Ok(_) => {}
            Err((field, code, message)) => errors.push(FieldError {
                field: format!("targets[{at}].{field}"),
                code,
                message,
            }),
        }
    }
    if errors.is_empty() {
        return Ok(wishes);
    }
    Err(errors
        .into_iter()
        .take(MAX_ERRORS)
        .fold(Problem::new(Code::Invalid), Problem::error))
}

fn wish_of(order: UnbanOrder) -> Result<Wish, (&'static str, &'static str, String)> {
    if order.subject.trim().is_empty() {
        return Err(("subject", "empty", "name whom to unban".to_owned()));
    }
    if order.subject.chars().count() > MAX_SUBJECT_CHARS {
        let message = format!("at most {MAX_SUBJECT_CHARS} characters");
        return Err(("subject", "too-long", message));
    }
    let jail = order
        .jail
        .map(|jail| jail.parse())
        .transpose()
        .map_err(|error: domain::NameError| ("jail", "not-a-jail", error.to_string()))?;
    Ok(Wish {
        subject: BanSubject::from_daemon(&order.subject),
        jail,
    })
}
