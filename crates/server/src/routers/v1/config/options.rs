//! `GET /api/v1/hosts/{host}/config/options`
use axum::{Json, extract::State};
use domain::{OptionKind, OptionSpec};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    extract::HostPlace,
    permission::{Caller, HostsRead},
    problem::{ItemKindName, Problem},
    state::ReadState,
};

/// The description of every option that fail2ban has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OptionSpecsBody {
    /// In the order in which forms show them.
    items: Vec<OptionSpecBody>,
}

/// The description of an option.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OptionSpecBody {
    /// Its name.
    name: String,
    /// For which kind of item.
    item: ItemKindName,
    /// The section of filters and actions; `null` for jails.
    section: Option<String>,
    /// The group of a form that it stands in, such as `detection` or `banning`.
    group: String,
    /// What it takes.
    value: OptionKindBody,
    /// A unit to show behind the field, such as `seconds`.
    unit: Option<String>,
    /// What it does, in one or two plain sentences.
    help: String,
    /// What holds where nothing sets it.
    default: Option<String>,
    /// The first version of fail2ban that knows it, where that is later than 0.11.
    since: Option<String>,
    /// Whether a value can make the daemon run commands as root.
    privileged: bool,
}

/// What kind of value an option takes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "kind")]
#[schema(as = OptionKind)]
pub(crate) enum OptionKindBody {
    /// Yes or no.
    Boolean,
    /// A whole number.
    Integer {
        /// The least.
        min: Option<i64>,
        /// The greatest.
        max: Option<i64>,
    },
    /// A span of time: seconds, or `10m`, `1d 2h`.
    Duration {
        /// Whether -1 means for ever.
        permanent: bool,
    },
    /// One of some words.
    Choice {
        /// The words.
        words: Vec<String>,
        /// Whether other words are taken too.
        open: bool,
    },
    /// Addresses, networks and host names, separated by spaces.
    Addresses,
    /// Paths of log files, one a line; `*` allowed.
    Paths,
    /// Regular expressions of fail2ban, one a line.
    Regexes,
    /// One regular expression.
    Regex,
    /// Ports: names or numbers, separated by commas, or ranges.
    Ports,
    /// A filter with its parameters.
    Filter,
    /// Actions with their parameters, one a line.
    Actions,
    /// A command that runs as root.
    Command,
    /// An expression that fail2ban evaluates as root.
    Formula,
    /// One line of text.
    Text,
    /// Text of several lines.
    Lines,
}

/// The description of every option: forms are made of it.
#[utoipa::path(
    get,
    operation_id = "list_config_options",
    path = "/hosts/{host}/config/options",
    tag = "config",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    responses((status = 200, body = OptionSpecsBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["hosts:read"]))
)]
pub(super) async fn list_options(
    _: Caller<HostsRead>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
) -> Result<Json<OptionSpecsBody>, Problem> {
    let specs = state.config(&host)?.config_options().await?;
    Ok(Json(OptionSpecsBody {
        items: specs.into_iter().map(Into::into).collect(),
    }))
}

impl From<OptionSpec> for OptionSpecBody {
    fn from(spec: OptionSpec) -> Self {
        Self {
            name: spec.name,
            item: spec.item.into(),
            section: spec.section,
            group: spec.group,
            value: spec.value.into(),
            unit: spec.unit,
            help: spec.help,
            default: spec.default,
            since: spec.since,
            privileged: spec.privileged,
        }
    }
}

impl From<OptionKind> for OptionKindBody {
    fn from(kind: OptionKind) -> Self {
        match kind {
            OptionKind::Boolean => Self::Boolean,
            OptionKind::Integer { min, max } => Self::Integer { min, max },
            OptionKind::Duration { permanent } => Self::Duration { permanent },
            OptionKind::Choice { words, open } => Self::Choice { words, open },
            OptionKind::Addresses => Self::Addresses,
            OptionKind::Paths => Self::Paths,
            OptionKind::Regexes => Self::Regexes,
            OptionKind::Regex => Self::Regex,
            OptionKind::Ports => Self::Ports,
            OptionKind::Filter => Self::Filter,
            OptionKind::Actions => Self::Actions,
            OptionKind::Command => Self::Command,
            OptionKind::Formula => Self::Formula,
            OptionKind::Text => Self::Text,
            OptionKind::Lines => Self::Lines,
        }
    }
}
