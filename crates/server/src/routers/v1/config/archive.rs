//! `GET /api/v1/hosts/{host}/config/archive`
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    extract::{HostPlace, Params},
    permission::{Caller, ConfigRead},
    problem::Problem,
    routers::attachment::Attachment,
    state::ReadState,
};

/// What the archive holds.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ArchiveParams {
    /// Whether secrets are taken out, and facts for a ticket put in. `true` when it is not said.
    masked: Option<bool>,
}

/// The configuration's whole folder as one file.
#[utoipa::path(
    get,
    operation_id = "export_config_archive",
    path = "/hosts/{host}/config/archive",
    tag = "config",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ArchiveParams
    ),
    responses(
        (
            status = 200,
            description = "A gzipped tar",
            content_type = "application/gzip",
            headers(("content-disposition" = String, description = "Names the file, with today's date"))
        ),
        (status = "default", body = Problem, content_type = "application/problem+json")
    ),
    security(("session" = ["config:read"]))
)]
pub(super) async fn export_archive(
    _: Caller<ConfigRead>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
    Params(params): Params<ArchiveParams>,
) -> Result<Response, Problem> {
    let masked = params.masked.unwrap_or(true);
    let archive = state.config(&host)?.config_archive(masked).await?;
    let attachment = Attachment {
        kind: "application/gzip",
        name: if masked {
            "fail2ban-for-a-ticket"
        } else {
            "fail2ban"
        },
        extension: "tar.gz",
    };
    attachment.put_on(archive.into_response(), &state).await
}
