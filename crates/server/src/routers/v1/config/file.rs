//! `GET /api/v1/hosts/{host}/config/file`
use axum::{Json, extract::State};
use domain::{ConfigFile, ConfigPath};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{HostPlace, Params},
    permission::{Caller, ConfigRead},
    problem::{Code, FindingBody, Problem},
    state::ReadState,
    words::words,
};

words! {
    /// What a file is to BanGUI.
    pub(crate) enum FileRoleName is domain::FileRole {
        /// Shipped with fail2ban or by a package; never written.
        Shipped,
        /// A person's `.local`; written only as text, when a person picks it.
        Local,
        /// BanGUI's own drop-in.
        BanGui,
    }
}

/// Which file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FileParams {
    /// Its path relative to the configuration's folder, such as `filter.d/sshd.local`.
    path: String,
}

/// A file with its content.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigFileBody {
    /// Which.
    path: String,
    /// What it is.
    role: FileRoleName,
    /// Its text; bytes that are not UTF-8 are shown as U+FFFD, and then `editable` is false. May hold text from outside.
    text: String,
    /// Its hash; `null` where the file does not exist yet.
    sha256: Option<String>,
    /// When it was last changed.
    modified_at: Option<String>,
    /// Whether its text can be edited here.
    editable: bool,
    /// What is wrong with it, by line.
    findings: Vec<FindingBody>,
}

/// A file of the configuration. A `.local` that does not exist yet is empty.
#[utoipa::path(
    get,
    operation_id = "show_config_file",
    path = "/hosts/{host}/config/file",
    tag = "config",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        FileParams
    ),
    responses((status = 200, body = ConfigFileBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["config:read"]))
)]
pub(super) async fn show_file(
    _: Caller<ConfigRead>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
    Params(FileParams { path }): Params<FileParams>,
) -> Result<Json<ConfigFileBody>, Problem> {
    let host = state.config(&host)?;
    let path: ConfigPath = path.parse().map_err(|error| {
        Problem::new(Code::FileNotFound).detail(format!("No file has this path: {error}."))
    })?;
    Ok(Json(host.config_file(&path).await?.into()))
}

impl From<ConfigFile> for ConfigFileBody {
    fn from(file: ConfigFile) -> Self {
        Self {
            path: file.path.into(),
            role: file.role.into(),
            text: file.text,
            sha256: file.sha256.map(Into::into),
            modified_at: file.modified_at.map(|at| at.to_string()),
            editable: file.editable,
            findings: file.findings.into_iter().map(Into::into).collect(),
        }
    }
}
