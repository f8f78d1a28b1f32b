//! The sessions of an account: seeing and ending them, and the password, whose change ends them.
use domain::{AuditAction, NewAuditEntry, Outcome, Session, SessionId, Timestamp};
use serde_json::json;

use crate::{
    permission::{Author, Identity},
    problem::{Code, Problem},
    services::{limits::Verdict, passwords::Password, sign_in::too_many},
    state::{ReadState, WriteState},
};

/// The sessions of somebody, last used first.
pub(crate) async fn of(state: &ReadState, who: &Identity) -> Result<Vec<Session>, Problem> {
    let now = state.clock.now();
    let mut sessions = state.storage.sessions_of(who.user, now).await?;
    for session in &mut sessions {
        state.gate.bring_up_to_date(session);
    }
    sessions.sort_by_key(|session| std::cmp::Reverse(session.last_seen_at));
    Ok(sessions)
}

/// Ends one session of somebody, at once.
///
/// # Errors
/// `session-not-found`, also for a session of somebody else.
pub(crate) async fn revoke(
    state: &WriteState,
    who: &Identity,
    author: &Author,
    session: &SessionId,
) -> Result<(), Problem> {
    let now = state.reads.clock.now();
    let entry = NewAuditEntry {
        target: session.0.clone(),
        detail: json!({ "own": *session == who.session.id }),
        ..author.entry(now, AuditAction::SessionRevoked)
    };
    let ended = state
        .storage
        .revoke_session(who.user, session, &entry)
        .await?;
    state.reads.gate.evict(session);
    state.protection.changed();
    if ended {
        return Ok(());
    }
    Err(Problem::new(Code::SessionNotFound))
}

/// Ends all sessions of somebody, at once, but for the one in use where it is to be kept; answers how many.
pub(crate) async fn revoke_all(
    state: &WriteState,
    who: &Identity,
    author: &Author,
    keep_current: bool,
) -> Result<u64, Problem> {
    let now = state.reads.clock.now();
    let keep = keep_current.then_some(&who.session.id);
    let entry = NewAuditEntry {
        target: who.name.to_string(),
        detail: json!({ "keptCurrent": keep_current }),
        ..author.entry(now, AuditAction::SessionsRevoked)
    };
    let ended = state
        .storage
        .revoke_sessions(who.user, keep, &entry)
        .await?;
    state.reads.gate.evict_user(who.user, keep);
    state.protection.changed();
    Ok(ended)
}

/// Sets another password, which ends all sessions but the one in use, at once.
///
/// # Errors
/// `too-many-attempts`, `invalid` for a wrong current password and a new one against the rules, `busy`, and storage's.
pub(crate) async fn change_password(
    state: &WriteState,
    who: &Identity,
    author: &Author,
    current: Password,
    new: Password,
) -> Result<(), Problem> {
    if let Some(error) = new.objection("newPassword", &who.name) {
        return Err(Problem::new(Code::Invalid).error(error));
    }
    let changing = Asking {
        action: AuditAction::PasswordChanged,
        field: "currentPassword",
    };
    check_current(state, who, author, current, changing).await?;
    let hash = state.passwords.hash(new).await?;
    let entry = NewAuditEntry {
        target: who.name.to_string(),
        ..author.entry(state.reads.clock.now(), AuditAction::PasswordChanged)
    };
    state
        .storage
        .change_password(who.user, &hash, Some(&who.session.id), &entry)
        .await?;
    state.reads.gate.evict_user(who.user, Some(&who.session.id));
    state.protection.changed();
    Ok(())
}

/// Checks the password once more, which makes the session fresh; answers until when.
///
/// # Errors
/// `too-many-attempts`, `invalid` for a wrong password, `busy`, and storage's.
pub(crate) async fn check_password(
    state: &WriteState,
    who: &Identity,
    author: &Author,
    password: Password,
) -> Result<Timestamp, Problem> {
    let checking = Asking {
        action: AuditAction::PasswordChecked,
        field: "password",
    };
    check_current(state, who, author, password, checking).await?;
    let entry = NewAuditEntry {
        target: who.name.to_string(),
        ..author.entry(state.reads.clock.now(), checking.action)
    };
    state.storage.record(&[entry]).await?;
    Ok(state.reads.gate.note_password_checked(&who.session))
}

/// What the current password is asked for.
#[derive(Clone, Copy)]
struct Asking {
    action: AuditAction,
    /// Its field in the request.
    field: &'static str,
}

async fn check_current(
    state: &WriteState,
    who: &Identity,
    author: &Author,
    current: Password,
    asking: Asking,
) -> Result<(), Problem> {
    if let Verdict::Limited {
        retry_after_seconds,
        ..
    } = state.reads.guesses.by_password_change(who.user)
    {
        return Err(too_many(retry_after_seconds));
    }
    let user = state
        .reads
        .storage
        .user(who.user)
        .await?
        .ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    if state.passwords.verify(current, Some(user.password)).await? {
        state.reads.guesses.password_was_right(who.user);
        return Ok(());
    }
    let entry = NewAuditEntry {
        target: who.name.to_string(),
        outcome: Outcome::Refused,
        detail: json!({ "reason": "wrong-password" }),
        ..author.entry(state.reads.clock.now(), asking.action)
    };
    state.storage.record(&[entry]).await?;
    Err(Problem::invalid(
        asking.field,
        "wrong-password",
        "This is not the current password.",
    ))
}
