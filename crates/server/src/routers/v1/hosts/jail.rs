//! `GET /api/v1/hosts/{host}/jails/{jail}`
use axum::{Json, extract::State};
use domain::{JailDetail, JailSettings, JailSource};
use serde::Serialize;
use utoipa::ToSchema;

use super::jails::{JailCountersBody, JailStateName};
use crate::{
    extract::JailPlace,
    permission::{Caller, HostsRead},
    problem::Problem,
    state::ReadState,
};

/// A jail with all that the daemon tells of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JailDetailBody {
    /// Its name. Text from the daemon.
    name: String,
    /// What it is doing.
    state: JailStateName,
    /// Its counters since the daemon started.
    counters: JailCountersBody,
    /// What it reads; `null` for a stopped jail.
    source: Option<JailSourceBody>,
    /// What it runs with; `null` for a stopped jail.
    settings: Option<JailSettingsBody>,
    /// When the daemon was asked.
    as_of: String,
}

/// What a jail reads.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JailSourceBody {
    /// Where its lines come from.
    kind: JailSourceKind,
    /// Paths of log files, or match expressions of the journal.
    entries: Vec<String>,
}

/// Where a jail's lines come from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JailSourceKind {
    /// Log files.
    Files,
    /// The systemd journal.
    Journal,
}

/// What a jail runs with. What this version of fail2ban does not tell is `null`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JailSettingsBody {
    /// How long a ban lasts; negative is permanent.
    bantime_seconds: Option<i64>,
    /// The window in which failures count.
    findtime_seconds: Option<i64>,
    /// Failures that lead to a ban.
    maxretry: Option<i64>,
    /// Matched lines kept per address.
    maxmatches: Option<i64>,
    /// Lines that a multi-line filter looks at.
    maxlines: Option<i64>,
    /// Whether host names are resolved: `yes`, `warn`, `no`, `raw`.
    usedns: Option<String>,
    /// Encoding of the log.
    log_encoding: Option<String>,
    /// Time zone of the log, where it is set.
    log_time_zone: Option<String>,
    /// How the time of a line is read.
    date_pattern: Option<String>,
    /// The expression that a line must match before `failRegex` is tried.
    pre_regex: Option<String>,
    /// Expressions of failures, expanded by fail2ban.
    fail_regex: Vec<String>,
    /// Expressions of lines to leave alone, expanded by fail2ban.
    ignore_regex: Vec<String>,
    /// Addresses, networks, host names and files that are never banned.
    ignore_ip: Vec<String>,
    /// Whether the machine's own addresses are never banned.
    ignore_self: Option<bool>,
    /// A command that decides whether an address is left alone.
    ignore_command: Option<String>,
    /// Names of the actions.
    actions: Vec<String>,
    /// How bans of returning addresses grow.
    escalation: EscalationBody,
}

/// How bans of returning addresses grow.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EscalationBody {
    /// Whether they do.
    increment: Option<bool>,
    /// Factor of the growth.
    factor: Option<String>,
    /// Formula of the growth.
    formula: Option<String>,
    /// Multipliers of the growth, instead of the formula.
    multipliers: Option<String>,
    /// The longest ban.
    max_seconds: Option<i64>,
    /// The most random seconds that are added.
    random_seconds: Option<i64>,
    /// Whether bans of an address in other jails count.
    over_all_jails: Option<bool>,
}

/// One jail with its settings. Asks the daemon, at most once in a few seconds whoever asks.
#[utoipa::path(
    get,
    path = "/hosts/{host}/jails/{jail}",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("jail" = String, Path, description = "Name of the jail, percent-encoded")
    ),
    responses((status = 200, body = JailDetailBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["hosts:read"]))
)]
pub(super) async fn show_jail(
    _: Caller<HostsRead>,
    State(state): State<ReadState>,
    place: JailPlace,
) -> Result<Json<JailDetailBody>, Problem> {
    let jail = state.host(&place.host)?.jail(&place.jail).await?;
    Ok(Json(jail.into()))
}

impl From<JailDetail> for JailDetailBody {
    fn from(jail: JailDetail) -> Self {
        Self {
            name: jail.summary.name.into(),
            state: jail.summary.state.into(),
            counters: jail.summary.counters.into(),
            source: jail.source.map(Into::into),
            settings: jail.settings.map(Into::into),
            as_of: jail.as_of.to_string(),
        }
    }
}

impl From<JailSource> for JailSourceBody {
    fn from(source: JailSource) -> Self {
        let (kind, entries) = match source {
            JailSource::Files(entries) => (JailSourceKind::Files, entries),
            JailSource::Journal(entries) => (JailSourceKind::Journal, entries),
        };
        Self { kind, entries }
    }
}

impl From<JailSettings> for JailSettingsBody {
    fn from(settings: JailSettings) -> Self {
        Self {
            bantime_seconds: settings.bantime,
            findtime_seconds: settings.findtime,
            maxretry: settings.maxretry,
            maxmatches: settings.maxmatches,
            maxlines: settings.maxlines,
            usedns: settings.usedns,
            log_encoding: settings.log_encoding,
            log_time_zone: settings.log_time_zone,
            date_pattern: settings.date_pattern,
            pre_regex: settings.pre_regex,
            fail_regex: settings.fail_regex,
            ignore_regex: settings.ignore_regex,
            ignore_ip: settings.ignore_ip,
            ignore_self: settings.ignore_self,
            ignore_command: settings.ignore_command,
            actions: settings.actions,
            escalation: EscalationBody {
                increment: settings.bantime_increment,
                factor: settings.bantime_factor,
                formula: settings.bantime_formula,
                multipliers: settings.bantime_multipliers,
                max_seconds: settings.bantime_max_seconds,
                random_seconds: settings.bantime_random_seconds,
                over_all_jails: settings.bantime_over_all_jails,
            },
        }
    }
}
