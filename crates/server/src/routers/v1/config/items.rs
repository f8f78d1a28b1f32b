//! `GET /api/v1/hosts/{host}/config/items`
use axum::{Json, extract::State};
use domain::{ConfigItemSummary, ConfigItems};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    extract::HostPlace,
    permission::{Caller, HostsRead},
    problem::{FindingBody, ItemIdBody, Problem, ReasonBody},
    routers::v1::hosts::JailStateName,
    services::config::shown::Shown,
    state::ReadState,
    words::words,
};

words! {
    /// What a list shows about an item.
    pub(crate) enum BadgeName is domain::Badge {
        /// A jail that is enabled; a filter or an action that an enabled jail uses.
        Active,
        /// Not used.
        Inactive,
        /// A .local file or drop-in changes what was shipped.
        Changed,
        /// Only there because a .local file made it.
        Own,
        /// fail2ban cannot load it.
        Broken,
        /// Its files were changed by something else than BanGUI since the last version.
        EditedOutside,
    }
}

/// All that is configured.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigItemsBody {
    /// Active ones first, then by name.
    items: Vec<ConfigItemSummaryBody>,
    /// What is wrong with files as a whole.
    findings: Vec<FindingBody>,
    /// When the files were read.
    as_of: String,
}

/// An item in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigItemSummaryBody {
    /// Which.
    id: ItemIdBody,
    /// What there is to say.
    badges: Vec<BadgeName>,
    /// A jail's filter; `null` for others.
    filter: Option<String>,
    /// The jails that use a filter or an action; empty for others.
    used_by: Vec<String>,
    /// What the daemon says of a jail; `null` for others and while it cannot be asked.
    state: Option<JailStateName>,
    /// Why it is broken.
    problem: Option<ReasonBody>,
}

/// All jails, filters and actions, and the daemon itself.
#[utoipa::path(
    get,
    operation_id = "list_config_items",
    path = "/hosts/{host}/config/items",
    tag = "config",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    responses((status = 200, body = ConfigItemsBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["hosts:read"]))
)]
pub(super) async fn list_items(
    caller: Caller<HostsRead>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
) -> Result<Json<ConfigItemsBody>, Problem> {
    let items = state.config(&host)?.config_items().await?;
    Ok(Json(items.shown_to(caller.identity.role).into()))
}

impl From<ConfigItems> for ConfigItemsBody {
    fn from(items: ConfigItems) -> Self {
        Self {
            items: items.items.into_iter().map(Into::into).collect(),
            findings: items.findings.into_iter().map(Into::into).collect(),
            as_of: items.as_of.to_string(),
        }
    }
}

impl From<ConfigItemSummary> for ConfigItemSummaryBody {
    fn from(item: ConfigItemSummary) -> Self {
        Self {
            id: item.id.into(),
            badges: item.badges.into_iter().map(Into::into).collect(),
            filter: item.filter,
            used_by: item.used_by,
            state: item.state.map(Into::into),
            problem: item.problem.map(Into::into),
        }
    }
}
