//! `GET /api/v1/hosts/{host}/config/items/{kind}/{name}`
use axum::{Json, extract::State};
use domain::{ConfigItem, ConfigItemId, ConfigItemKind, ConfigOption, Layer, SourceLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::items::ConfigItemSummaryBody;
use crate::{
    extract::{Segments, parse_host},
    permission::{Caller, HostsRead},
    problem::{Code, FindingBody, Problem},
    services::config::shown::{Shown, hides},
    state::ReadState,
    words::words,
};

words! {
    /// What can be done with an item as a whole.
    pub(crate) enum ItemActionName is domain::ItemAction {
        /// Enable a jail.
        Enable,
        /// Disable a jail.
        Disable,
        /// Delete it: only what is BanGUI's or a person's own.
        Delete,
    }
}

/// Which item, as it stands in the path.
#[derive(Debug, Deserialize)]
pub(super) struct ItemSegments {
    host: String,
    kind: ItemFolder,
    name: String,
}

/// What is listed together.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum ItemFolder {
    /// Jails.
    Jails,
    /// Filters.
    Filters,
    /// Actions.
    Actions,
    /// The daemon: its one item is called `fail2ban`.
    Server,
}

/// An item with all there is to say.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigItemBody {
    /// The item as in the list.
    summary: ConfigItemSummaryBody,
    /// Every option that is set or that fail2ban knows for this kind, in the order of their description, unknown ones last.
    options: Vec<ConfigOptionBody>,
    /// The files that take part, in the order in which they are read, and the `.local` that can be made.
    files: Vec<String>,
    /// What can be done with it.
    actions: Vec<ItemActionName>,
    /// What speaks against it as it is.
    findings: Vec<FindingBody>,
    /// When the files were read.
    as_of: String,
}

/// An option with its effective value. Values may hold text from outside.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "a form shows each by itself")]
pub(crate) struct ConfigOptionBody {
    /// Its name.
    name: String,
    /// The section that it belongs to in a filter's or action's file; the jail's name, or `Definition` of the daemon.
    section: String,
    /// The value that takes effect, with everything filled in; `null` where nothing sets it and fail2ban has no value of its own.
    value: Option<String>,
    /// Where the value is set; `null` where it is fail2ban's own default.
    set_at: Option<SourceLineBody>,
    /// The value as it is written there, before anything is filled in.
    raw: Option<String>,
    /// What it overrides, nearest first.
    overrides: Vec<LayerBody>,
    /// Whether the item's own section sets it, rather than `[DEFAULT]`, the filter or the action.
    own: bool,
    /// Whether BanGUI's drop-in sets it, so that it can be reset.
    by_bangui: bool,
    /// What a running jail says; `null` where it does not run or cannot be asked for this.
    running: Option<String>,
    /// Whether the running value is another than the file's.
    differs: bool,
    /// Whether its values are hidden from your role, because its name says that they are secret.
    hidden: bool,
}

/// A place in a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceLineBody {
    /// The file, relative to the configuration's folder; absolute for included ones outside.
    file: String,
    /// The line, from 1.
    line: usize,
    /// The section that it stands in.
    section: String,
}

/// One place that sets an option.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LayerBody {
    /// Where.
    source: SourceLineBody,
    /// What it says, before anything is filled in.
    raw: String,
}

/// One item with every option, where each value comes from, and what runs. Secrets are hidden from viewers.
#[utoipa::path(
    get,
    operation_id = "show_config_item",
    path = "/hosts/{host}/config/items/{kind}/{name}",
    tag = "config",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("kind" = inline(ItemFolder), Path, description = "What it is"),
        ("name" = String, Path, description = "Its name, percent-encoded; `fail2ban` for the daemon")
    ),
    responses((status = 200, body = ConfigItemBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["hosts:read"]))
)]
pub(super) async fn show_item(
    caller: Caller<HostsRead>,
    State(state): State<ReadState>,
    Segments(place): Segments<ItemSegments>,
) -> Result<Json<ConfigItemBody>, Problem> {
    let host = parse_host(&place.host)?;
    let id = ConfigItemId {
        kind: place.kind.into(),
        name: place
            .name
            .parse()
            .map_err(|_| Problem::new(Code::ItemNotFound))?,
    };
    let role = caller.identity.role;
    let item = state.config(&host)?.config_item(&id).await?.shown_to(role);
    let mut body = ConfigItemBody::from(item);
    for option in &mut body.options {
        option.hidden = hides(role, &option.name);
    }
    Ok(Json(body))
}

impl From<ItemFolder> for ConfigItemKind {
    fn from(folder: ItemFolder) -> Self {
        match folder {
            ItemFolder::Jails => Self::Jail,
            ItemFolder::Filters => Self::Filter,
            ItemFolder::Actions => Self::Action,
            ItemFolder::Server => Self::Server,
        }
    }
}

impl From<ConfigItem> for ConfigItemBody {
    fn from(item: ConfigItem) -> Self {
        Self {
            summary: item.summary.into(),
            options: item.options.into_iter().map(Into::into).collect(),
            files: item.files.into_iter().map(Into::into).collect(),
            actions: item.actions.into_iter().map(Into::into).collect(),
            findings: item.findings.into_iter().map(Into::into).collect(),
            as_of: item.as_of.to_string(),
        }
    }
}

impl From<ConfigOption> for ConfigOptionBody {
    fn from(option: ConfigOption) -> Self {
        Self {
            name: option.name,
            section: option.section,
            value: option.value,
            set_at: option.set_at.map(Into::into),
            raw: option.raw,
            overrides: option.overrides.into_iter().map(Into::into).collect(),
            own: option.own,
            by_bangui: option.by_bangui,
            running: option.running,
            differs: option.differs,
            hidden: false,
        }
    }
}

impl From<SourceLine> for SourceLineBody {
    fn from(source: SourceLine) -> Self {
        Self {
            file: source.file,
            line: source.line,
            section: source.section,
        }
    }
}

impl From<Layer> for LayerBody {
    fn from(layer: Layer) -> Self {
        Self {
            source: layer.source.into(),
            raw: layer.raw,
        }
    }
}
