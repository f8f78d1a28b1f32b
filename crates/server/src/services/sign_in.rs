//! Signing in: a name and a password become a session.
use std::net::IpAddr;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Actor, AuditAction, NewAuditEntry, NewSession, Outcome, Session, SessionId, Settings, User,
    UserName,
};
use serde_json::json;

use crate::{
    extract::Client,
    permission::Author,
    problem::{Code, Problem},
    services::{
        limits::{Verdict, subscriber},
        passwords::Password,
        session_gate::hash_token,
    },
    state::WriteState,
};

/// 256 bits: not to be guessed, and hashed without salt for that reason.
const TOKEN_BYTES: usize = 32;
const ID_BYTES: usize = 16;
/// What is kept of a name that somebody claimed, and of what a browser calls itself, in characters.
const CLAIMED_CHARS: usize = 64;
const USER_AGENT_CHARS: usize = 200;

/// A name and a password, as typed.
pub(crate) struct Attempt {
    /// The name.
    pub name: String,
    /// The password.
    pub password: Password,
    /// What the browser calls itself. Hostile text.
    pub user_agent: String,
}

/// A session that has just begun. The token is for the cookie only.
pub(crate) struct SignedIn {
    /// The account.
    pub user: User,
    /// The session.
    pub session: Session,
    /// What the browser shows from now on.
    pub token: String,
    /// The settings, for the page.
    pub settings: Settings,
}

/// Signs in.
///
/// # Errors
/// `setup-required`, `too-many-attempts`, `wrong-credentials`, `busy`, and storage's.
pub(crate) async fn sign_in(
    state: &WriteState,
    client: &Client,
    attempt: Attempt,
) -> Result<SignedIn, Problem> {
    state.reads.gate.require_setup().await?;
    let visitor = visitor(client, &attempt.name);
    let name = attempt.name.parse::<UserName>().ok();
    let user = match &name {
        Some(name) => state.reads.storage.user_by_name(name).await?,
        None => None,
    };
    if let Some(problem) = limited(state, client, name.as_ref(), user.as_ref()).await? {
        return Err(refuse(state, &visitor, problem).await);
    }
    let hash = user.as_ref().map(|user| user.password.clone());
    let right = state.passwords.verify(attempt.password, hash).await?;
    let Some(user) = user.filter(|_| right) else {
        let wrong = Refusal::new(Problem::new(Code::WrongCredentials), "wrong-credentials");
        return Err(refuse(state, &visitor, wrong).await);
    };
    state.reads.guesses.signed_in(client.address, &user.name);
    begin_session(state, client, user, &attempt.user_agent).await
}

/// A refusal, and why the audit log is told, if it is.
struct Refusal {
    problem: Problem,
    reason: &'static str,
    recorded: bool,
}

impl Refusal {
    const fn new(problem: Problem, reason: &'static str) -> Self {
        Self {
            problem,
            reason,
            recorded: true,
        }
    }
}

/// Takes an attempt of the address and, where it is not known there, of the account.
async fn limited(
    state: &WriteState,
    client: &Client,
    name: Option<&UserName>,
    user: Option<&User>,
) -> Result<Option<Refusal>, Problem> {
    if let Some(refusal) = refusal(state.reads.guesses.by_address(client.address)) {
        return Ok(Some(refusal));
    }
    let Some(name) = name else {
        return Ok(None);
    };
    if client.on_this_machine || is_known(state, name, user, client.address).await? {
        return Ok(None);
    }
    Ok(refusal(state.reads.guesses.by_account(name)))
}

/// Whether the account was signed in to from there: since the start, or by a session that goes on.
async fn is_known(
    state: &WriteState,
    name: &UserName,
    user: Option<&User>,
    address: IpAddr,
) -> Result<bool, Problem> {
    if state.reads.guesses.knows(name, address) {
        return Ok(true);
    }
    let Some(user) = user else {
        return Ok(false);
    };
    let now = state.reads.clock.now();
    let sessions = state.reads.storage.sessions_of(user.id, now).await?;
    let here = subscriber(address);
    Ok(sessions
        .iter()
        .any(|session| subscriber(session.address) == here))
}

fn refusal(verdict: Verdict) -> Option<Refusal> {
    match verdict {
        Verdict::Free => None,
        Verdict::Limited {
            retry_after_seconds,
            first,
        } => Some(Refusal {
            problem: too_many(retry_after_seconds),
            reason: "too-many-attempts",
            recorded: first,
        }),
    }
}

/// The problem of somebody who tried too often.
pub(crate) fn too_many(retry_after_seconds: u64) -> Problem {
    Problem::new(Code::TooManyAttempts)
        .detail("There were too many attempts from this address or at this account.")
        .remedy("Wait, then try again; on the machine itself (also through SSH) the account's limit does not count.")
        .retry_after(retry_after_seconds)
}

/// Writes the refusal down where the log has room for it. That it could not be written does not change the answer.
async fn refuse(state: &WriteState, visitor: &Author, refusal: Refusal) -> Problem {
    if refusal.recorded
        && let Some(before) = state.reads.guesses.may_record()
    {
        let mut detail = json!({ "reason": refusal.reason });
        if before > 0
            && let Some(detail) = detail.as_object_mut()
        {
            detail.insert("unrecordedBefore".to_owned(), before.into());
        }
        let entry = NewAuditEntry {
            outcome: Outcome::Refused,
            detail,
            ..visitor.entry(state.reads.clock.now(), AuditAction::SessionCreated)
        };
        if let Err(error) = state.storage.record(&[entry]).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a refused sign-in could not be recorded"
            );
        }
    }
    refusal.problem
}

fn visitor(client: &Client, claimed: &str) -> Author {
    Author {
        actor: Actor::Visitor {
            claimed: Some(claimed.chars().take(CLAIMED_CHARS).collect()),
        },
        address: client.address,
    }
}

async fn begin_session(
    state: &WriteState,
    client: &Client,
    user: User,
    user_agent: &str,
) -> Result<SignedIn, Problem> {
    let settings = super::settings::current(&state.reads).await?;
    let now = state.reads.clock.now();
    let token = random_text::<TOKEN_BYTES>()?;
    let session = Session {
        id: SessionId(random_text::<ID_BYTES>()?),
        user: user.id,
        created_at: now,
        last_seen_at: now,
        idle_expires_at: now.plus_seconds(settings.session_idle_seconds),
        expires_at: now.plus_seconds(settings.session_absolute_seconds),
        address: client.address,
        user_agent: user_agent.chars().take(USER_AGENT_CHARS).collect(),
    };
    let author = Author {
        actor: Actor::User {
            id: user.id,
            name: user.name.clone(),
        },
        address: client.address,
    };
    let new = NewSession {
        session: session.clone(),
        token: hash_token(&token),
    };
    let entry = NewAuditEntry {
        target: session.id.0.clone(),
        ..author.entry(now, AuditAction::SessionCreated)
    };
    state.storage.create_session(&new, &entry).await?;
    state.protection.changed();
    Ok(SignedIn {
        user,
        session,
        token,
        settings,
    })
}

/// So many random bytes of the operating system, as text that is safe in cookies and addresses.
fn random_text<const BYTES: usize>() -> Result<String, Problem> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(error = %error, "the operating system gave no random bytes");
        Problem::new(Code::Internal)
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
