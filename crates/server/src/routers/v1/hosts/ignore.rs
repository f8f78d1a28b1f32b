//! `POST` and `DELETE /api/v1/hosts/{host}/jails/{jail}/ignore`
use axum::{Json, extract::State};
use domain::IgnoreEntry;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{Body, JailPlace, Params},
    permission::{Caller, JailsControl},
    problem::Problem,
    services::jails::JailControl,
    state::WriteState,
};

/// The most characters of an entry to remove; fail2ban's own may be paths of files.
const MAX_ENTRY_CHARS: usize = 4_096;

/// An entry to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IgnoreRequest {
    /// An address, a network or a host name.
    entry: String,
}

/// An entry to remove.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct IgnoreParams {
    /// The entry, as the list says it.
    entry: String,
}

/// A jail's ignore list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IgnoreList {
    /// Its entries, as the daemon lists them.
    items: Vec<String>,
}

/// Adds an entry to the ignore list of a running jail, until its next reload.
#[utoipa::path(
    post,
    path = "/hosts/{host}/jails/{jail}/ignore",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("jail" = String, Path, description = "Name of the jail, percent-encoded")
    ),
    request_body = IgnoreRequest,
    responses((status = 200, body = IgnoreList), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["jails:control"]))
)]
pub(super) async fn add_ignore(
    caller: Caller<JailsControl>,
    State(state): State<WriteState>,
    place: JailPlace,
    Body(request): Body<IgnoreRequest>,
) -> Result<Json<IgnoreList>, Problem> {
    let entry: IgnoreEntry = request
        .entry
        .parse()
        .map_err(|error| Problem::invalid("entry", "not-an-entry", error))?;
    let jails = JailControl::new(&state, (&caller).into(), place.host)?;
    let items = jails.add_ignore(place.jail, entry).await?;
    Ok(Json(IgnoreList { items }))
}

/// Removes an entry from the ignore list of a running jail, until its next reload.
#[utoipa::path(
    delete,
    path = "/hosts/{host}/jails/{jail}/ignore",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("jail" = String, Path, description = "Name of the jail, percent-encoded"),
        IgnoreParams
    ),
    responses((status = 200, body = IgnoreList), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["jails:control"]))
)]
pub(super) async fn remove_ignore(
    caller: Caller<JailsControl>,
    State(state): State<WriteState>,
    place: JailPlace,
    Params(IgnoreParams { entry }): Params<IgnoreParams>,
) -> Result<Json<IgnoreList>, Problem> {
    if entry.is_empty() || entry.chars().count() > MAX_ENTRY_CHARS {
        let message = format!("1 to {MAX_ENTRY_CHARS} characters, as the list says it");
        return Err(Problem::invalid("entry", "length", message));
    }
    let jails = JailControl::new(&state, (&caller).into(), place.host)?;
    let items = jails.remove_ignore(place.jail, entry).await?;
    Ok(Json(IgnoreList { items }))
}
