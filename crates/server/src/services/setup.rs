//! The wizard: once, by whoever holds the token that the server printed or sits at the machine.
use std::time::Duration;

use domain::{
    Actor, AuditAction, ConnectionCandidate, ConnectionTest, DownReason, HostError, HostId,
    HostReads, NewAdmin, NewAuditEntry, SetupOutcome, UserName,
};
use futures_util::future::join_all;
use serde_json::json;

use crate::{
    extract::Client,
    permission::Author,
    problem::{Code, Problem},
    services::{
        limits::Verdict,
        passwords::Password,
        settings::{self, Proposed},
        sign_in::too_many,
    },
    state::{ReadState, WriteState},
};

/// The header of the setup token.
pub(crate) const TOKEN_HEADER: &str = "x-setup-token";
/// How long the wizard waits for a socket that is tried; a hung daemon answers never.
const CONNECTION_LIMIT: Duration = Duration::from_secs(6);
/// The most sockets that are tried at once.
const MAX_CANDIDATES: usize = 16;

/// Whether a visitor must show the token.
#[must_use]
pub(crate) const fn needs_token(client: &Client) -> bool {
    !client.on_this_machine
}

/// Lets in whoever may do the setup, while it can be done.
///
/// # Errors
/// `setup-completed`, `setup-token`, `too-many-attempts`.
pub(crate) async fn admit(
    state: &ReadState,
    client: &Client,
    token: Option<&str>,
) -> Result<(), Problem> {
    if state.gate.setup_completed().await? {
        return Err(Problem::new(Code::SetupCompleted));
    }
    if !needs_token(client) {
        return Ok(());
    }
    let Some(token) = token else {
        return Err(wrong_token());
    };
    if let Verdict::Limited {
        retry_after_seconds,
        ..
    } = state.guesses.by_address(client.address)
    {
        return Err(too_many(retry_after_seconds));
    }
    let expected = state.settings.setup_token.as_ref();
    if expected.is_some_and(|expected| expected.is(token)) {
        state.guesses.was_right(client.address);
        return Ok(());
    }
    tracing::warn!(client.address = %client.address, "a wrong setup token was shown");
    Err(wrong_token())
}

fn wrong_token() -> Problem {
    Problem::new(Code::SetupToken).remedy(
        "The server prints the token when it starts; look into its output or its log, or do the setup from the machine itself.",
    )
}

/// Tries every socket that may be a fail2ban's, all at once.
pub(crate) async fn connections(
    host: &dyn HostReads,
) -> Result<Vec<(ConnectionTest, bool)>, Problem> {
    let candidates = host.connection_candidates().await?;
    let tests =
        candidates
            .into_iter()
            .take(MAX_CANDIDATES)
            .map(async |candidate: ConnectionCandidate| {
                let test = test(host, &candidate.socket).await;
                test.map(|test| (test, candidate.in_use))
            });
    join_all(tests).await.into_iter().collect()
}

/// Tries a socket, now; answers what was found, and whether it is the one in use.
pub(crate) async fn connection(
    host: &dyn HostReads,
    socket: &str,
) -> Result<(ConnectionTest, bool), Problem> {
    let in_use = host.status().await?.socket == socket;
    Ok((test(host, socket).await?, in_use))
}

async fn test(host: &dyn HostReads, socket: &str) -> Result<ConnectionTest, Problem> {
    match tokio::time::timeout(CONNECTION_LIMIT, host.test_connection(socket)).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(HostError::Unavailable {
            reason: DownReason::NotAnswering,
            detail: format!(
                "Nothing answered at {socket} within {} seconds.",
                CONNECTION_LIMIT.as_secs()
            ),
            remedy: "fail2ban may be busy or hung: try again, then look into its log.".to_owned(),
        }
        .into()),
    }
}

/// Finishes the setup: the settings and the account `admin`.
///
/// # Errors
/// `setup-completed`, `invalid`, `busy`, and storage's.
pub(crate) async fn complete(
    state: &WriteState,
    client: &Client,
    password: Password,
    proposed: Proposed,
) -> Result<(), Problem> {
    let name = UserName::admin();
    let mut errors = Vec::from_iter(password.objection("password", &name));
    let host = state.reads.host(&HostId::local())?;
    let settings = match proposed.check(host.as_ref()).await {
        Ok(settings) if errors.is_empty() => settings,
        checked => {
            errors.extend(checked.err().into_iter().flatten());
            return Err(errors
                .into_iter()
                .fold(Problem::new(Code::Invalid), Problem::error));
        }
    };
    let admin = NewAdmin {
        password: state.passwords.hash(password).await?,
        name,
    };
    let visitor = Author {
        actor: Actor::Visitor { claimed: None },
        address: client.address,
    };
    let entry = NewAuditEntry {
        target: admin.name.to_string(),
        detail: json!({ "settings": settings, "onThisMachine": client.on_this_machine }),
        ..visitor.entry(state.reads.clock.now(), AuditAction::SetupCompleted)
    };
    let outcome = state
        .storage
        .complete_setup(&settings, &admin, &entry)
        .await?;
    // Also when somebody else was faster: from now on nobody needs to ask storage.
    state.reads.gate.note_setup_completed();
    if outcome == SetupOutcome::AlreadyCompleted {
        return Err(Problem::new(Code::SetupCompleted));
    }
    if let Some(socket) = &settings.fail2ban_socket
        && settings::connect(state, Some(socket)).await.is_err()
    {
        // The setup is done for good by now; the wizard has shown what is there, and the status goes on to.
        tracing::warn!(fail2ban.socket = socket, "the chosen socket cannot be used");
    }
    Ok(())
}
