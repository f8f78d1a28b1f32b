//! `POST /api/v1/hosts/{host}/config/apply`
use axum::{Json, extract::State};
use domain::{ApplyReport, StepState, UndoReport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    change::{self, ChangeBody},
    plan::{FileBaseBody, names},
};
use crate::{
    extract::{Body, HostPlace},
    permission::{Caller, ConfigWrite},
    problem::{FindingBody, Problem},
    services::config::{Configuration, Order},
    state::WriteState,
    words::words,
};

/// The most characters of a note.
const MAX_NOTE_CHARS: usize = 500;
/// The most files that a plan can have been made on.
const MAX_FILES: usize = 5_000;

words! {
    /// What applying a plan goes through.
    pub(crate) enum ApplyStepName is domain::ApplyStep {
        /// Make the plan again, and compare it.
        Plan,
        /// Check it as the plan was checked.
        Validate,
        /// Keep the files as they are.
        Snapshot,
        /// Write the new files.
        Write,
        /// Load them.
        Reload,
        /// Ask the daemon what runs.
        Verify,
        /// Keep the new version.
        Record,
        /// Put the old files back, after a failure.
        PutBack,
        /// Load the old files.
        ReloadOld,
        /// Ask the daemon again.
        VerifyOld,
    }
}

/// A plan to apply.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplyRequest {
    /// The changes that the plan was made of.
    changes: Vec<ChangeBody>,
    /// The plan's hash.
    hash: String,
    /// The files that the plan was made on, as it says.
    base: Vec<FileBaseBody>,
    /// Why, for the history: at most 500 characters.
    #[serde(default)]
    note: String,
    /// Whether it must be confirmed also where no rule asks for it.
    #[serde(default)]
    confirm: bool,
}

/// What came of applying a plan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApplyReportBody {
    /// The version that was made; also of an attempt that failed, whose files are not in force.
    version: u64,
    /// Whether the new files are in force.
    in_force: bool,
    /// What failed; `null` where all went well. May hold text from outside.
    failed: Option<String>,
    /// What came of undoing it, where it failed.
    undone: Option<UndoBody>,
    /// When it is taken back by itself unless it is confirmed; `null` where it need not be.
    confirm_by: Option<String>,
    /// The jails that run now.
    running: Vec<String>,
    /// What was done, in order.
    steps: Vec<StepBody>,
    /// Warnings that were there.
    findings: Vec<FindingBody>,
}

/// How far a step is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApplyStepBody)]
pub(crate) struct StepBody {
    /// Which.
    step: ApplyStepName,
    /// When it began.
    began_at: String,
    /// When it ended; `null` while it goes on.
    ended_at: Option<String>,
    /// Why it failed; `null` where it did not. May hold text from outside.
    failed: Option<String>,
}

/// What came of undoing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UndoReportBody)]
pub(crate) struct UndoBody {
    /// Whether all files are as they were.
    files_are_back: bool,
    /// Jails that ran before and do not run now; empty when all is well.
    jails_lost: Vec<String>,
    /// What could not be undone. May hold text from outside.
    problem: Option<String>,
}

/// Applies a plan: all of it is in force and verified afterwards, or nothing is, and all that ran before runs.
///
/// Answers when it is finished, also when it failed and was undone; meanwhile the state tells the steps. Where something speaks against it before
/// anything was written, the answer is a problem. A plan that runs commands needs a password check within the last ten minutes (403 `password-needed`).
#[utoipa::path(
    post,
    operation_id = "apply_config",
    path = "/hosts/{host}/config/apply",
    tag = "config",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = ApplyRequest,
    responses((status = 200, body = ApplyReportBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["config:write"]))
)]
pub(super) async fn apply_changes(
    caller: Caller<ConfigWrite>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(request): Body<ApplyRequest>,
) -> Result<Json<ApplyReportBody>, Problem> {
    let configuration = Configuration::new(&state, &caller, host)?;
    let report = configuration.apply(request.read()?).await?;
    Ok(Json(report.into()))
}

impl ApplyRequest {
    fn read(self) -> Result<Order, Problem> {
        if self.note.chars().count() > MAX_NOTE_CHARS {
            let message = format!("at most {MAX_NOTE_CHARS} characters");
            return Err(Problem::invalid("note", "too-long", message));
        }
        if self.base.len() > MAX_FILES {
            let message = format!("at most {MAX_FILES} files, as the plan says them");
            return Err(Problem::invalid("base", "length", message));
        }
        let hash = self.hash.parse();
        let base = self.base.iter().enumerate();
        Ok(Order {
            changes: change::read(self.changes)?,
            hash: hash.map_err(|error| Problem::invalid("hash", "not-of-a-plan", error))?,
            base: base
                .map(|(index, file)| file.read(&format!("base[{index}]")))
                .collect::<Result<_, _>>()?,
            note: self.note,
            confirm: self.confirm,
        })
    }
}

impl From<ApplyReport> for ApplyReportBody {
    fn from(report: ApplyReport) -> Self {
        Self {
            version: report.version.0,
            in_force: report.in_force,
            failed: report.failed,
            undone: report.undone.map(Into::into),
            confirm_by: report.confirm_by.map(|at| at.to_string()),
            running: names(report.running),
            steps: report.steps.into_iter().map(Into::into).collect(),
            findings: report.findings.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<StepState> for StepBody {
    fn from(step: StepState) -> Self {
        Self {
            step: step.step.into(),
            began_at: step.began_at.to_string(),
            ended_at: step.ended_at.map(|at| at.to_string()),
            failed: step.failed,
        }
    }
}

impl From<UndoReport> for UndoBody {
    fn from(undone: UndoReport) -> Self {
        Self {
            files_are_back: undone.files_are_back,
            jails_lost: names(undone.jails_lost),
            problem: undone.problem,
        }
    }
}
