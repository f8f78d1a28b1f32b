//! `PATCH /api/v1/hosts/{host}/jails/{jail}/settings`
use std::ops::RangeInclusive;

use axum::{Json, extract::State};
use domain::RunningSettings;
use serde::Deserialize;
use utoipa::ToSchema;

use super::jail::JailSettingsBody;
use crate::{
    extract::{Body, JailPlace},
    permission::{Caller, JailsControl},
    problem::{Code, FieldError, Problem},
    services::jails::JailControl,
    state::WriteState,
};

/// Ten years: beyond that a ban is meant to be permanent, and says so with -1.
const BANTIME: RangeInclusive<i64> = 1..=315_360_000;
/// A year.
const FINDTIME: RangeInclusive<i64> = 1..=31_536_000;
const MAXRETRY: RangeInclusive<i64> = 1..=10_000;
/// The ban time of a ban without an end.
const PERMANENT: i64 = -1;

/// Settings to change in a running jail. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct JailSettingsRequest {
    /// How long a ban lasts: 1 to 315360000, or -1 for permanent. Bans in force are timed anew.
    bantime_seconds: Option<i64>,
    /// The window in which failures count: 1 to 31536000.
    findtime_seconds: Option<i64>,
    /// Failures that lead to a ban: 1 to 10000.
    maxretry: Option<i64>,
}

/// Changes settings of a running jail, until its next reload.
#[utoipa::path(
    patch,
    operation_id = "change_jail_settings",
    path = "/hosts/{host}/jails/{jail}/settings",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("jail" = String, Path, description = "Name of the jail, percent-encoded")
    ),
    request_body = JailSettingsRequest,
    responses((status = 200, body = JailSettingsBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["jails:control"]))
)]
pub(super) async fn change_settings(
    caller: Caller<JailsControl>,
    State(state): State<WriteState>,
    place: JailPlace,
    Body(request): Body<JailSettingsRequest>,
) -> Result<Json<JailSettingsBody>, Problem> {
    let settings = request.check()?;
    let jails = JailControl::new(&state, (&caller).into(), place.host)?;
    let now = jails.set_running(place.jail, settings).await?;
    Ok(Json(now.into()))
}

impl JailSettingsRequest {
    fn check(&self) -> Result<RunningSettings, Problem> {
        let mut problem = Problem::new(Code::Invalid);
        let mut fits = true;
        let mut check = |field: &str, value: Option<i64>, range: RangeInclusive<i64>, or: &str| {
            let Some(value) = value.filter(|value| !range.contains(value)) else {
                return;
            };
            fits = false;
            problem = problem.clone().error(FieldError {
                field: field.to_owned(),
                code: "out-of-range",
                message: format!(
                    "{value} is not allowed: {} to {}{or}",
                    range.start(),
                    range.end()
                ),
            });
        };
        let bantime = self.bantime_seconds.filter(|bantime| *bantime != PERMANENT);
        check("bantimeSeconds", bantime, BANTIME, ", or -1 for permanent");
        check("findtimeSeconds", self.findtime_seconds, FINDTIME, "");
        check("maxretry", self.maxretry, MAXRETRY, "");
        if !fits {
            return Err(problem);
        }
        let settings = RunningSettings {
            bantime: self.bantime_seconds,
            findtime: self.findtime_seconds,
            maxretry: self.maxretry,
        };
        if settings == RunningSettings::default() {
            return Err(Problem::new(Code::Invalid)
                .detail("Name at least one of bantimeSeconds, findtimeSeconds and maxretry."));
        }
        Ok(settings)
    }
}
