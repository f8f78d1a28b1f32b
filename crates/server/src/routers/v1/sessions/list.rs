//! `GET /api/v1/sessions`
use axum::{Json, extract::State};
use domain::Session;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    permission::{Caller, OwnAccount},
    problem::Problem,
    services::sessions,
    state::ReadState,
};

/// The sessions of an account, last used first; at most 200.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionList {
    /// The sessions.
    items: Vec<SessionBody>,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionBody {
    /// Its public name; gives no access.
    id: String,
    /// Whether it is the one in use.
    current: bool,
    /// When it began.
    created_at: String,
    /// When it was last used.
    last_seen_at: String,
    /// When it ends without further use.
    idle_expires_at: String,
    /// When it ends in any case.
    expires_at: String,
    /// From where the person signed in.
    address: String,
    /// What the browser called itself. Hostile text.
    user_agent: String,
}

impl SessionBody {
    pub(crate) fn new(session: Session, current: bool) -> Self {
        Self {
            id: session.id.0,
            current,
            created_at: session.created_at.to_string(),
            last_seen_at: session.last_seen_at.to_string(),
            idle_expires_at: session.idle_expires_at.min(session.expires_at).to_string(),
            expires_at: session.expires_at.to_string(),
            address: session.address.to_string(),
            user_agent: session.user_agent,
        }
    }
}

/// The sessions of one's own account.
#[utoipa::path(
    get,
    path = "/sessions",
    tag = "session",
    responses((status = 200, body = SessionList), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["own-account"]))
)]
pub(super) async fn list_sessions(
    caller: Caller<OwnAccount>,
    State(state): State<ReadState>,
) -> Result<Json<SessionList>, Problem> {
    let current = &caller.identity.session.id;
    let items = sessions::of(&state, &caller.identity)
        .await?
        .into_iter()
        .map(|session| {
            let current = session.id == *current;
            SessionBody::new(session, current)
        })
        .collect();
    Ok(Json(SessionList { items }))
}
