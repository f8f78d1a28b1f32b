//! `GET /api/v1/hosts/{host}/config/state`
use axum::{Json, extract::State};
use domain::{ConfigState, PendingConfirmation, RunningApply};
use serde::Serialize;
use utoipa::ToSchema;

use super::apply::StepBody;
use crate::{
    extract::HostPlace,
    permission::{Caller, ConfigWatch},
    problem::Problem,
    state::ReadState,
};

/// What goes on with the configuration.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigStateBody {
    /// The newest version that is in force; `null` before the first was kept.
    version: Option<u64>,
    /// Files that something else changed since.
    changed_outside: Vec<String>,
    /// A change that is under way.
    applying: Option<RunningApplyBody>,
    /// A change that waits to be confirmed.
    pending: Option<PendingConfirmationBody>,
    /// Within how many seconds of being applied a change must be confirmed that has to be.
    confirm_within_seconds: u64,
    /// Whether the agent forbids what runs commands as root.
    commands_forbidden: bool,
    /// Why the configuration's folder cannot be written, where it cannot.
    read_only: Option<String>,
    /// When this was asked, by the server's clock.
    as_of: String,
}

/// A change that is under way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunningApplyBody {
    /// Whose it is; `null` for BanGUI itself.
    author: Option<String>,
    /// The plan's hash.
    hash: String,
    /// The steps so far, the last one going on.
    steps: Vec<StepBody>,
}

/// A change that is taken back by itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PendingConfirmationBody {
    /// Its version.
    version: u64,
    /// Whose it is; `null` for BanGUI itself.
    author: Option<String>,
    /// When it is taken back.
    confirm_by: String,
}

/// What goes on: who changes it and how far it is, what waits to be confirmed, what was changed outside.
#[utoipa::path(
    get,
    path = "/hosts/{host}/config/state",
    tag = "config",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    responses((status = 200, body = ConfigStateBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["config:watch"]))
)]
pub(super) async fn config_state(
    _: Caller<ConfigWatch>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
) -> Result<Json<ConfigStateBody>, Problem> {
    let now = state.config(&host)?.config_state().await?;
    Ok(Json(ConfigStateBody::new(now, state.clock.now())))
}

impl ConfigStateBody {
    fn new(state: ConfigState, as_of: domain::Timestamp) -> Self {
        Self {
            version: state.version.map(|id| id.0),
            changed_outside: state.changed_outside.into_iter().map(Into::into).collect(),
            applying: state.applying.map(Into::into),
            pending: state.pending.map(Into::into),
            confirm_within_seconds: state.confirm_within_seconds,
            commands_forbidden: state.commands_forbidden,
            read_only: state.read_only,
            as_of: as_of.to_string(),
        }
    }
}

impl From<RunningApply> for RunningApplyBody {
    fn from(apply: RunningApply) -> Self {
        Self {
            author: apply.author.name,
            hash: apply.hash.into(),
            steps: apply.steps.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<PendingConfirmation> for PendingConfirmationBody {
    fn from(pending: PendingConfirmation) -> Self {
        Self {
            version: pending.version.0,
            author: pending.author.name,
            confirm_by: pending.confirm_by.to_string(),
        }
    }
}
