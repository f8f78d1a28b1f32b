//! `POST /api/v1/hosts/{host}/config/plan`
use axum::{Json, extract::State};
use domain::{ConfigPlan, Effect, FileBase, FileChange, JailName, LogCheck, ReloadScope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::change::{self, ChangeBody};
use crate::{
    extract::{Body, HostPlace},
    permission::{Caller, ConfigWrite},
    problem::{FindingBody, ItemIdBody, Problem},
    state::WriteState,
    words::words,
};

words! {
    /// Why a plan is not kept unless it is confirmed.
    pub(crate) enum RiskName is domain::Risk {
        /// An action changes: what bans do to the firewall.
        Actions,
        /// A default of all jails changes.
        AllJails,
        /// Who is ignored becomes less: a ban could hit the person who asks.
        IgnoresLess,
        /// Bans become much longer, permanent, or come much sooner.
        Stricter,
        /// A jail that protects remote access changes.
        RemoteAccess,
        /// Text that runs commands as root.
        Commands,
        /// The daemon's own settings.
        Daemon,
    }
}

/// Changes to plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanRequest {
    /// 1 to 500.
    changes: Vec<ChangeBody>,
}

/// What changes would do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigPlanBody {
    /// Names the plan: the same changes on the same files give the same one.
    hash: String,
    /// The files that it was made on.
    base: Vec<FileBaseBody>,
    /// The files that change.
    files: Vec<FileChangeBody>,
    /// What takes effect differently.
    effects: Vec<EffectBody>,
    /// What speaks against it. Errors block it.
    findings: Vec<FindingBody>,
    /// What is loaded anew.
    reload: ReloadScopeBody,
    /// Why it must be confirmed; empty where it need not be.
    risks: Vec<RiskName>,
    /// Whether it can make the daemon run commands as root, and so needs the password once more.
    runs_commands: bool,
    /// What jails that are to be enabled will read.
    log_checks: Vec<LogCheckBody>,
    /// Whether it changes something and nothing blocks it.
    applicable: bool,
}

/// A file that a plan was made on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileBaseBody {
    /// Which.
    path: String,
    /// Its hash then; `null` where it did not exist.
    sha256: Option<String>,
}

/// What becomes of a file. Texts may come from outside.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FileChangeBody {
    /// Which.
    path: String,
    /// Its exact text now; `null` where it does not exist.
    before: Option<String>,
    /// Its exact text then; `null` where it is deleted.
    after: Option<String>,
    /// The difference, unified with three lines around.
    diff: String,
}

/// A value that takes effect differently.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EffectBody {
    /// Of which item.
    item: ItemIdBody,
    /// Of which option.
    option: String,
    /// What took effect.
    before: Option<String>,
    /// What will.
    after: Option<String>,
}

/// What is loaded anew.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReloadScope)]
pub(crate) struct ReloadScopeBody {
    /// Whether settings of the daemon itself are set; that touches no jail.
    settings: bool,
    /// Reloaded: their bans stay.
    reload: Vec<String>,
    /// Stopped and started again, because a reload would keep something of the old: fail2ban takes their bans from its database.
    restart: Vec<String>,
    /// Whether the bans of those end, for want of a database.
    restart_ends_bans: bool,
    /// Started.
    start: Vec<String>,
    /// Stopped: their bans end.
    stop: Vec<String>,
}

/// Whether a jail that is to be enabled will find something to read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogCheckBody {
    /// The jail.
    jail: String,
    /// The log file or the journal match.
    source: String,
    /// Whether it is there and can be read.
    found: bool,
    /// How many of its last lines were looked at.
    lines: u64,
    /// How many of them the jail's filter matches.
    matched: u64,
}

/// What changes would do: the new files, the values that take effect, what speaks against it. Nothing is written.
#[utoipa::path(
    post,
    operation_id = "plan_config",
    path = "/hosts/{host}/config/plan",
    tag = "config",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = PlanRequest,
    responses((status = 200, body = ConfigPlanBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["config:write"]))
)]
pub(super) async fn plan_changes(
    _: Caller<ConfigWrite>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(request): Body<PlanRequest>,
) -> Result<Json<ConfigPlanBody>, Problem> {
    let host = state.config(&host)?;
    let changes = change::read(request.changes)?;
    Ok(Json(host.config_plan(&changes).await?.into()))
}

impl FileBaseBody {
    /// The file that is meant; `field` is where it stands in the request.
    pub(super) fn read(&self, field: &str) -> Result<FileBase, Problem> {
        let wrong =
            |part: &str, error| Problem::invalid(format!("{field}.{part}"), "not-of-a-plan", error);
        let sha256 = self.sha256.as_deref().map(str::parse).transpose();
        Ok(FileBase {
            path: self.path.parse().map_err(|error| wrong("path", error))?,
            sha256: sha256.map_err(|error| wrong("sha256", error))?,
        })
    }
}

impl From<ConfigPlan> for ConfigPlanBody {
    fn from(plan: ConfigPlan) -> Self {
        Self {
            applicable: plan.is_applicable(),
            hash: plan.hash.into(),
            base: plan.base.into_iter().map(Into::into).collect(),
            files: plan.files.into_iter().map(Into::into).collect(),
            effects: plan.effects.into_iter().map(Into::into).collect(),
            findings: plan.findings.into_iter().map(Into::into).collect(),
            reload: plan.reload.into(),
            risks: plan.risks.into_iter().map(Into::into).collect(),
            runs_commands: plan.runs_commands,
            log_checks: plan.log_checks.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<FileBase> for FileBaseBody {
    fn from(base: FileBase) -> Self {
        Self {
            path: base.path.into(),
            sha256: base.sha256.map(Into::into),
        }
    }
}

impl From<FileChange> for FileChangeBody {
    fn from(file: FileChange) -> Self {
        Self {
            path: file.path.into(),
            before: file.before,
            after: file.after,
            diff: file.diff,
        }
    }
}

impl From<Effect> for EffectBody {
    fn from(effect: Effect) -> Self {
        Self {
            item: effect.item.into(),
            option: effect.option,
            before: effect.before,
            after: effect.after,
        }
    }
}

impl From<ReloadScope> for ReloadScopeBody {
    fn from(scope: ReloadScope) -> Self {
        Self {
            settings: scope.settings,
            reload: names(scope.reload),
            restart: names(scope.restart),
            restart_ends_bans: scope.restart_ends_bans,
            start: names(scope.start),
            stop: names(scope.stop),
        }
    }
}

impl From<LogCheck> for LogCheckBody {
    fn from(check: LogCheck) -> Self {
        Self {
            jail: check.jail.into(),
            source: check.source,
            found: check.found,
            lines: check.lines,
            matched: check.matched,
        }
    }
}

/// Names of jails as text.
pub(super) fn names(jails: Vec<JailName>) -> Vec<String> {
    jails.into_iter().map(Into::into).collect()
}
