//! `GET /api/v1/session`
use axum::{Json, extract::State};
use domain::{Role, Session, Settings, UserName};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    permission::{Caller, OwnAccount},
    problem::Problem,
    routers::v1::sessions::SessionBody,
    services::settings,
    state::ReadState,
};

/// Who is signed in, and what the page needs to know at its start.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CurrentSession {
    /// Who.
    user: UserBody,
    /// The session in use.
    session: SessionBody,
    /// In which zone the page shows times.
    time_zone: String,
    /// The version of the program.
    version: String,
    /// The event stored last before this answer: `GET /api/v1/live?after=` it tells a page that begins now of all that its lists may lack.
    last_event_id: Option<String>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserBody {
    /// By what the person signs in.
    name: String,
    /// What the person may do.
    role: RoleName,
}

/// What a person may do; each role may do what the ones before it may.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Role)]
pub(crate) enum RoleName {
    /// Sees.
    Viewer,
    /// Bans and unbans.
    Operator,
    /// Configures.
    Admin,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Operator => Self::Operator,
            Role::Admin => Self::Admin,
        }
    }
}

impl CurrentSession {
    pub(super) fn new(
        (name, role): (&UserName, Role),
        session: Session,
        settings: &Settings,
        state: &ReadState,
    ) -> Self {
        Self {
            user: UserBody {
                name: name.to_string(),
                role: role.into(),
            },
            session: SessionBody::new(session, true),
            time_zone: settings.time_zone.to_string(),
            version: state.settings.version.to_owned(),
            last_event_id: state.live.last().map(|id| id.0.to_string()),
        }
    }
}

/// Who is signed in.
#[utoipa::path(
    get,
    path = "/session",
    tag = "session",
    responses((status = 200, body = CurrentSession), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["own-account"]))
)]
pub(super) async fn current_session(
    caller: Caller<OwnAccount>,
    State(state): State<ReadState>,
) -> Result<Json<CurrentSession>, Problem> {
    let settings = settings::current(&state).await?;
    let who = caller.identity;
    Ok(Json(CurrentSession::new(
        (&who.name, who.role),
        who.session,
        &settings,
        &state,
    )))
}
