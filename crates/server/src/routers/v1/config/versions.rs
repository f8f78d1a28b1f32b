//! `GET /api/v1/hosts/{host}/config/versions`
use axum::{Json, extract::State};
use domain::{ConfigAuthor, Confirmation, StoredFile, Version, VersionId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{apply::UndoBody, change::ChangeBody};
use crate::{
    extract::{HostPlace, Params, page_size},
    permission::{Caller, ConfigRead},
    problem::Problem,
    state::ReadState,
    words::words,
};

words! {
    /// Where a version came from.
    pub(crate) enum VersionOriginName is domain::VersionOrigin {
        /// What was there when BanGUI first looked.
        First,
        /// A plan that was applied.
        Applied,
        /// Something else than BanGUI changed the files.
        Outside,
        /// A plan that was not confirmed, or was taken back.
        Reverted,
        /// What a start found half done, and put right.
        Recovered,
    }
    /// What became of a version.
    pub(crate) enum VersionOutcomeName is domain::VersionOutcome {
        /// Took effect.
        InForce,
        /// Failed, and everything was put back.
        Undone,
        /// Waits to be confirmed.
        WaitsForConfirmation,
        /// Took effect, was not confirmed or was taken back.
        Reverted,
        /// Failed, and not everything could be put back.
        Broken,
    }
}

/// Which versions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct VersionsParams {
    /// Only those before this one: `next` of the page before.
    before: Option<u64>,
    /// How many the page may have: 1 to 500, 100 when it is not said.
    limit: Option<i64>,
}

/// A page of versions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionPageBody {
    /// The versions; `files` of each is empty here.
    items: Vec<VersionBody>,
    /// Ask for those before this one; `null` at the end.
    next: Option<u64>,
}

/// A version of the configuration.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VersionBody {
    /// Its number; later ones have greater numbers.
    id: u64,
    /// When.
    at: String,
    /// Who.
    author: AuthorBody,
    /// Why, as the person said. May hold text from outside.
    note: String,
    /// Where it came from.
    origin: VersionOriginName,
    /// What became of it.
    outcome: VersionOutcomeName,
    /// The changes that it was made of.
    changes: Vec<ChangeBody>,
    /// The files that differ from the version before.
    touched: Vec<String>,
    /// What failed. May hold text from outside.
    failed: Option<String>,
    /// What came of undoing it.
    undone: Option<UndoBody>,
    /// Who confirmed it; `null` where nobody had to, or has yet.
    confirmed: Option<ConfirmationBody>,
    /// Whether BanGUI ended before this was done and kept, and a later start saw it through.
    finished_at_start: bool,
    /// Every file as it was.
    files: Vec<StoredFileBody>,
}

/// Who changed it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfigAuthorBody)]
pub(crate) struct AuthorBody {
    /// The name; `null` for BanGUI itself.
    name: Option<String>,
    /// From where.
    address: Option<String>,
}

/// A person's word that a change is to stay.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConfirmationBody {
    /// When.
    at: String,
    /// Who.
    author: AuthorBody,
}

/// A file of a version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoredFileBody {
    /// Which.
    path: String,
    /// The hash of its content.
    sha256: String,
    /// Bytes.
    size: u64,
    /// Permission bits.
    mode: u32,
}

/// Every state that the configuration was in, newest first.
#[utoipa::path(
    get,
    operation_id = "list_config_versions",
    path = "/hosts/{host}/config/versions",
    tag = "config",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        VersionsParams
    ),
    responses((status = 200, body = VersionPageBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["config:read"]))
)]
pub(super) async fn list_versions(
    _: Caller<ConfigRead>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
    Params(params): Params<VersionsParams>,
) -> Result<Json<VersionPageBody>, Problem> {
    let limit = page_size(params.limit)?;
    let before = params.before.map(VersionId);
    let page = state
        .config(&host)?
        .config_versions(before, limit.get().into())
        .await?;
    Ok(Json(VersionPageBody {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next.map(|id| id.0),
    }))
}

impl From<Version> for VersionBody {
    fn from(version: Version) -> Self {
        Self {
            id: version.id.0,
            at: version.at.to_string(),
            author: version.author.into(),
            note: version.note,
            origin: version.origin.into(),
            outcome: version.outcome.into(),
            changes: version.changes.into_iter().map(Into::into).collect(),
            touched: version.touched.into_iter().map(Into::into).collect(),
            failed: version.failed,
            undone: version.undone.map(Into::into),
            confirmed: version.confirmed.map(Into::into),
            finished_at_start: version.finished_at_start,
            files: version.files.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Confirmation> for ConfirmationBody {
    fn from(confirmation: Confirmation) -> Self {
        Self {
            at: confirmation.at.to_string(),
            author: confirmation.author.into(),
        }
    }
}

impl From<ConfigAuthor> for AuthorBody {
    fn from(author: ConfigAuthor) -> Self {
        Self {
            name: author.name,
            address: author.address.map(|address| address.to_string()),
        }
    }
}

impl From<StoredFile> for StoredFileBody {
    fn from(file: StoredFile) -> Self {
        Self {
            path: file.path.into(),
            sha256: file.sha256.into(),
            size: file.size,
            mode: file.mode,
        }
    }
}
