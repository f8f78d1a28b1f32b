//! `POST /api/v1/hosts/{host}/bans/check`
use axum::{Json, extract::State};
use domain::JailName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::{Body, HostPlace},
    permission::{BansWrite, Caller},
    problem::{HitBody, Problem},
    services::bans::{CheckOutcome, CheckedLine, check, text_of},
    state::ReadState,
};

/// A list to look at before it is banned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BanCheckRequest {
    /// Where it is to be banned; without it nothing is said to be banned already.
    jail: Option<String>,
    /// Addresses and networks, separated by white space, commas and semicolons; from `#` to the end of a line is a comment. At most 10,000.
    text: String,
}

/// What the targets of a list are good for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BanCheckBody {
    /// One for each target, in the order of the list.
    lines: Vec<BanCheckLine>,
    /// How many are good for what.
    counts: BanCheckCounts,
}

/// One target of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BanCheckLine {
    /// Its line, from 1.
    line: usize,
    /// As it was written, cut after 100 characters.
    text: String,
    /// What it is good for.
    outcome: BanCheckOutcome,
    /// The canonical form; `null` when it is no address.
    target: Option<String>,
    /// Whether host bits were cut off.
    masked: bool,
    /// How many addresses it covers, in decimal digits.
    addresses: String,
    /// What is wrong with it.
    message: Option<String>,
    /// The line where the same target was written first.
    duplicate_of: Option<usize>,
    /// What it would cut off.
    hits: Vec<HitBody>,
}

/// What a target is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum BanCheckOutcome {
    /// It can be banned.
    Ok,
    /// It is no address.
    Invalid,
    /// It is in the list before.
    Duplicate,
    /// The jail bans it already.
    AlreadyBanned,
    /// The lock-out guard refuses it.
    Refused,
    /// It is where the request comes from: refused unless confirmed.
    NeedsConfirmation,
}

/// How many targets are good for what.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BanCheckCounts {
    /// Can be banned.
    ok: usize,
    /// No addresses.
    invalid: usize,
    /// In the list before.
    duplicate: usize,
    /// Banned already.
    already_banned: usize,
    /// Refused by the lock-out guard.
    refused: usize,
    /// Refused unless confirmed.
    needs_confirmation: usize,
}

/// Looks at a pasted list, target by target, as a ban of it would. Changes nothing.
#[utoipa::path(
    post,
    path = "/hosts/{host}/bans/check",
    tag = "bans",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = BanCheckRequest,
    responses((status = 200, body = BanCheckBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["bans:write"]))
)]
pub(super) async fn check_bans(
    caller: Caller<BansWrite>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
    Body(request): Body<BanCheckRequest>,
) -> Result<Json<BanCheckBody>, Problem> {
    let jail: Option<JailName> = request
        .jail
        .map(|jail| jail.parse())
        .transpose()
        .map_err(|error: domain::NameError| Problem::invalid("jail", "not-a-jail", error))?;
    let host = state.host(&host)?;
    let lines = check(host, caller.address, jail.as_ref(), &request.text).await?;
    Ok(Json(lines.into()))
}

impl From<Vec<CheckedLine>> for BanCheckBody {
    fn from(lines: Vec<CheckedLine>) -> Self {
        let mut counts = BanCheckCounts::default();
        for line in &lines {
            *counts.of(line.outcome) += 1;
        }
        Self {
            lines: lines.into_iter().map(Into::into).collect(),
            counts,
        }
    }
}

impl BanCheckCounts {
    const fn of(&mut self, outcome: CheckOutcome) -> &mut usize {
        match outcome {
            CheckOutcome::Ok => &mut self.ok,
            CheckOutcome::Invalid => &mut self.invalid,
            CheckOutcome::Duplicate => &mut self.duplicate,
            CheckOutcome::AlreadyBanned => &mut self.already_banned,
            CheckOutcome::Refused => &mut self.refused,
            CheckOutcome::NeedsConfirmation => &mut self.needs_confirmation,
        }
    }
}

impl From<CheckedLine> for BanCheckLine {
    fn from(line: CheckedLine) -> Self {
        let addresses = line.addresses();
        let meaning = line.written.meaning;
        Self {
            line: line.written.line,
            text: line.written.text,
            outcome: line.outcome.into(),
            target: meaning.as_ref().ok().map(|target| text_of(target.network)),
            masked: meaning.as_ref().is_ok_and(|target| target.masked),
            addresses,
            duplicate_of: meaning.as_ref().ok().and_then(|target| target.duplicate_of),
            message: meaning.err().map(|error| error.to_string()),
            hits: line.hits.iter().map(Into::into).collect(),
        }
    }
}

impl From<CheckOutcome> for BanCheckOutcome {
    fn from(outcome: CheckOutcome) -> Self {
        match outcome {
            CheckOutcome::Ok => Self::Ok,
            CheckOutcome::Invalid => Self::Invalid,
            CheckOutcome::Duplicate => Self::Duplicate,
            CheckOutcome::AlreadyBanned => Self::AlreadyBanned,
            CheckOutcome::Refused => Self::Refused,
            CheckOutcome::NeedsConfirmation => Self::NeedsConfirmation,
        }
    }
}
