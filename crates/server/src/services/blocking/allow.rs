//! The allowlist: who is never blocked, by nobody.
//!
//! An entry works at once: the packet filter lets it through before all else, bans of it end, running jails ignore it. It is cut out of the lists in force a moment
//! later, and written into fail2ban's files by the task [`UPKEEP`].
mod at_once;
mod files;
mod running;
mod unban;
mod upkeep;

use domain::{
    AllowEntry, AllowId, AllowSubject, AuditAction, HostId, NewAllowEntry, NewAuditEntry, TaskName,
    Timestamp, UserName,
};
use ipnet::IpNet;
use serde_json::json;

pub(crate) use at_once::LetIn;
pub(crate) use upkeep::Upkeep;

use super::{
    lists::{run_soon, taken, wrong},
    own_bans::is_too_wide,
};
use crate::{
    permission::Author,
    problem::{Code, FieldError, Problem},
    state::{ReadState, WriteState},
};

/// The task that looks after the allowlist.
pub(crate) static UPKEEP: TaskName = TaskName::of("allowlist-upkeep");

/// The most entries.
const MAX_ENTRIES: usize = 1000;

/// An entry as it was sent.
#[derive(Debug, Clone)]
pub(crate) struct Proposed {
    pub(crate) subject: String,
    pub(crate) note: String,
    pub(crate) expires_at: Option<Timestamp>,
    /// Where it holds; `None` is everywhere.
    pub(crate) host: Option<HostId>,
}

/// What came of an entry.
#[derive(Debug)]
pub(crate) struct Allowed {
    /// The entry.
    pub(crate) entry: AllowEntry,
    /// What was done for it at once.
    pub(crate) let_in: LetIn,
}

/// All entries that hold or lately did, newest first.
pub(crate) async fn all(state: &ReadState) -> Result<Vec<AllowEntry>, Problem> {
    let mut entries = state.blocking.storage.allowlist().await?;
    entries.retain(|entry| entry.removed_at.is_none());
    Ok(entries)
}

/// The entries that let a network through, or a part of it.
pub(crate) async fn meeting(state: &ReadState, network: IpNet) -> Result<Vec<AllowEntry>, Problem> {
    let now = state.clock.now();
    let names = state.blocking.known.names();
    let mut entries = all(state).await?;
    entries.retain(|entry| {
        let meets = |other: IpNet| other.contains(&network) || network.contains(&other);
        entry.holds(now)
            && match &entry.entry.subject {
                AllowSubject::Network(other) => meets(*other),
                AllowSubject::Name(name) => names.get(name).is_some_and(|found| {
                    found
                        .addresses
                        .iter()
                        .any(|address| meets(IpNet::from(*address)))
                }),
            }
    });
    Ok(entries)
}

/// Puts somebody on the allowlist, and lets them in at once.
///
/// # Errors
/// `invalid`, `already-allowed`, `too-many-allowed`, and storage's. What fail2ban or the packet filter did not do is said in the answer: the entry stands.
pub(crate) async fn add(
    state: &WriteState,
    (author, owner): (&Author, UserName),
    proposed: Proposed,
) -> Result<Allowed, Problem> {
    let now = state.reads.clock.now();
    if let Some(host) = &proposed.host {
        state.host(host)?;
    }
    let new = check(proposed, owner, now)?;
    if all(&state.reads).await?.len() >= MAX_ENTRIES {
        return Err(Problem::new(Code::TooManyAllowed)
            .detail(format!("The allowlist may have {MAX_ENTRIES} entries.")));
    }
    let audit = entry(state, author, AuditAction::AllowlistAdded, &new);
    let id = state.blocking.writes.allow(&new, &audit).await?;
    let Some(id) = id else {
        return Err(Problem::new(Code::AlreadyAllowed)
            .detail(format!("{} is on the allowlist already.", new.subject)));
    };
    let entry = AllowEntry {
        id,
        entry: new,
        removed_at: None,
        addresses: Vec::new(),
        written: None,
    };
    let let_in = at_once::let_in_through(state, author, &entry).await?;
    Ok(Allowed { entry, let_in })
}

fn check(proposed: Proposed, owner: UserName, now: Timestamp) -> Result<NewAllowEntry, Problem> {
    let mut errors: Vec<FieldError> = Vec::new();
    let subject = proposed.subject.parse::<AllowSubject>();
    let subject = taken(subject, "subject", "not-a-subject", &mut errors);
    let note = taken(proposed.note.parse(), "note", "bad-note", &mut errors);
    if let Some(AllowSubject::Network(network)) = subject
        && is_too_wide(network)
    {
        errors.push(wrong(
            "subject",
            "too-wide",
            &"A network on the allowlist may be as wide as a /8, or a /19 of IPv6: a wider one would switch the protection off.",
        ));
    }
    if proposed.expires_at.is_some_and(|end| end <= now) {
        errors.push(wrong(
            "expiresAt",
            "in-the-past",
            &"This moment is over: give one to come, or none.",
        ));
    }
    match (subject, note) {
        (Some(subject), Some(note)) if errors.is_empty() => Ok(NewAllowEntry {
            subject,
            note,
            owner,
            created_at: now,
            expires_at: proposed.expires_at,
            host: proposed.host,
        }),
        _ => Err(errors
            .into_iter()
            .fold(Problem::new(Code::Invalid), Problem::error)),
    }
}

/// Changes note and expiry of an entry.
///
/// # Errors
/// `invalid`, `allowed-not-found`, and storage's.
pub(crate) async fn change(
    state: &WriteState,
    author: &Author,
    id: AllowId,
    (note, expires_at): (String, Option<Timestamp>),
) -> Result<AllowEntry, Problem> {
    let mut changed = one(&state.reads, id).await?;
    let proposed = Proposed {
        subject: changed.entry.subject.to_string(),
        note,
        expires_at,
        host: changed.entry.host.clone(),
    };
    let now = state.reads.clock.now();
    let checked = check(proposed, changed.entry.owner.clone(), now)?;
    changed.entry.note = checked.note;
    changed.entry.expires_at = checked.expires_at;
    let audit = entry(state, author, AuditAction::AllowlistChanged, &changed.entry);
    let writes = &state.blocking.writes;
    if !writes.change_allowed(&changed, &audit).await? {
        return Err(Problem::new(Code::AllowedNotFound));
    }
    super::lists::carry_out_soon(state);
    Ok(changed)
}

/// Takes somebody off the allowlist. Nobody is banned by that; running jails and fail2ban's files follow in the next minutes.
///
/// # Errors
/// `allowed-not-found`, and storage's.
pub(crate) async fn remove(
    state: &WriteState,
    (author, person): (&Author, UserName),
    id: AllowId,
) -> Result<(), Problem> {
    let gone = one(&state.reads, id).await?;
    let now = state.reads.clock.now();
    let audit = entry(state, author, AuditAction::AllowlistRemoved, &gone.entry);
    if state.blocking.writes.disallow(&[id], now, &audit).await? == 0 {
        return Err(Problem::new(Code::AllowedNotFound));
    }
    super::lists::carry_out_soon(state);
    upkeep_soon(state, person);
    Ok(())
}

async fn one(state: &ReadState, id: AllowId) -> Result<AllowEntry, Problem> {
    let entries = all(state).await?;
    let found = entries.into_iter().find(|entry| entry.id == id);
    found.ok_or_else(|| Problem::new(Code::AllowedNotFound))
}

fn entry(
    state: &WriteState,
    author: &Author,
    action: AuditAction,
    new: &NewAllowEntry,
) -> NewAuditEntry {
    NewAuditEntry {
        target: new.subject.to_string(),
        host: new.host.clone(),
        detail: json!({
            "note": new.note,
            "expiresAt": new.expires_at.map(|at| at.to_string()),
        }),
        ..author.entry(state.reads.clock.now(), action)
    }
}

/// Wakes the task that looks after the allowlist.
fn upkeep_soon(state: &WriteState, person: UserName) {
    // One that is waited for sees to all that was changed before it begins.
    if state.blocking.view.known.is_first_to_ask_for_upkeep() {
        run_soon(state, &UPKEEP, person, || false);
    }
}
