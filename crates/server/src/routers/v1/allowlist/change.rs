//! `POST /api/v1/allowlist`, `PUT` and `DELETE /api/v1/allowlist/{id}`
use axum::{Json, extract::State, http::StatusCode};
use domain::{AllowId, HostId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::AllowEntryBody;
use crate::{
    extract::{Body, Segments},
    permission::{AllowlistWrite, Caller},
    problem::Problem,
    services::blocking::allow::{self, Proposed},
    state::WriteState,
};

/// Somebody who is never to be blocked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AllowRequest {
    /// An address, a network no wider than a /8 (a /19 of IPv6), or the name of a host.
    subject: String,
    /// For people: at most 500 characters.
    #[serde(default)]
    note: String,
    /// Until when it holds; `null` is for good.
    #[serde(default)]
    expires_at: Option<String>,
    /// On which host it holds; `null` is everywhere.
    #[serde(default)]
    host: Option<String>,
}

/// What can be changed of an entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangeAllowedRequest {
    /// For people: at most 500 characters.
    note: String,
    /// Until when it holds; `null` is for good.
    expires_at: Option<String>,
}

/// An entry, and what was done for it at once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AllowedBody {
    /// The entry.
    entry: AllowEntryBody,
    /// How many bans ended, each jail counted.
    unbanned: usize,
    /// How many running jails ignore it from now on.
    jails: usize,
    /// What could not be done at once, in plain words; the entry stands, and it is tried again.
    problems: Vec<String>,
}

/// Puts somebody on the allowlist: bans of it end at once everywhere, running jails ignore it, lists and bans made by hand do not block it. fail2ban's files follow in
/// the background, in the way that is safe.
#[utoipa::path(
    post,
    path = "/allowlist",
    tag = "allowlist",
    request_body = AllowRequest,
    responses((status = 201, body = AllowedBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["allowlist:write"]))
)]
pub(super) async fn add_allowed(
    caller: Caller<AllowlistWrite>,
    State(state): State<WriteState>,
    Body(request): Body<AllowRequest>,
) -> Result<(StatusCode, Json<AllowedBody>), Problem> {
    let host = request.host.map(|host| host.parse::<HostId>()).transpose();
    let proposed = Proposed {
        subject: request.subject,
        note: request.note,
        expires_at: moment(request.expires_at)?,
        host: host.map_err(|error| Problem::invalid("host", "not-a-host", error))?,
    };
    let who = (&caller.author(), caller.identity.name.clone());
    let allowed = allow::add(&state, who, proposed).await?;
    let body = AllowedBody {
        entry: AllowEntryBody::of(allowed.entry, &state.reads),
        unbanned: allowed.let_in.unbanned,
        jails: allowed.let_in.jails,
        problems: allowed.let_in.problems,
    };
    Ok((StatusCode::CREATED, Json(body)))
}

/// Changes note and expiry of an entry.
#[utoipa::path(
    put,
    path = "/allowlist/{id}",
    tag = "allowlist",
    params(("id" = i64, Path, description = "Key of the entry")),
    request_body = ChangeAllowedRequest,
    responses((status = 200, body = AllowEntryBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["allowlist:write"]))
)]
pub(super) async fn change_allowed(
    caller: Caller<AllowlistWrite>,
    State(state): State<WriteState>,
    Segments(id): Segments<i64>,
    Body(request): Body<ChangeAllowedRequest>,
) -> Result<Json<AllowEntryBody>, Problem> {
    let said = (request.note, moment(request.expires_at)?);
    let entry = allow::change(&state, &caller.author(), AllowId(id), said).await?;
    Ok(Json(AllowEntryBody::of(entry, &state.reads)))
}

/// Takes somebody off the allowlist. Nobody is banned by that; running jails and fail2ban's files follow in the background.
#[utoipa::path(
    delete,
    path = "/allowlist/{id}",
    tag = "allowlist",
    params(("id" = i64, Path, description = "Key of the entry")),
    responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["allowlist:write"]))
)]
pub(super) async fn remove_allowed(
    caller: Caller<AllowlistWrite>,
    State(state): State<WriteState>,
    Segments(id): Segments<i64>,
) -> Result<StatusCode, Problem> {
    let who = (&caller.author(), caller.identity.name.clone());
    allow::remove(&state, who, AllowId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn moment(text: Option<String>) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = text else {
        return Ok(None);
    };
    let moment = text.parse::<jiff::Timestamp>();
    moment.map(|at| Some(at.into())).map_err(|_| {
        let message = "write a moment such as 2026-12-24T18:00:00Z";
        Problem::invalid("expiresAt", "not-a-time", message)
    })
}
