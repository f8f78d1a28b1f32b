//! `GET /api/v1/hosts/{host}/health`
use axum::{Json, extract::State};
use domain::{JailAlarm, JailHealth, JailUnknown, LogHealth};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    extract::HostPlace,
    permission::{Caller, HostsRead},
    problem::Problem,
    services::health,
    state::ReadState,
};

/// How each running jail sees its logs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JailHealthList {
    /// The running jails.
    items: Vec<JailHealthBody>,
    /// A time of the last days of which fail2ban's log could not be read, so that events may be missing; `null` when there is none.
    unheard: Option<UnheardBody>,
    /// When this was looked at.
    as_of: String,
}

/// A time of which nothing was heard.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnheardBody {
    /// Where it begins.
    from: String,
    /// Where it ends.
    until: String,
}

/// How a jail sees its logs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JailHealthBody {
    /// The jail.
    jail: String,
    /// Its log files; empty for a journal.
    logs: Vec<LogHealthBody>,
    /// When a line last matched, as far as heard and kept.
    last_failure_at: Option<String>,
    /// When it last banned, as far as heard and kept.
    last_ban_at: Option<String>,
    /// What is wrong; empty when nothing is known to be.
    alarms: Vec<JailAlarmName>,
    /// What cannot be known now: without it the jail may be blind although there is no alarm.
    unknown: Vec<JailUnknownName>,
}

/// A log file of a jail.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogHealthBody {
    /// The path.
    path: String,
    /// When the file was last written to; `null` when it cannot be seen.
    written_at: Option<String>,
    /// Its size in bytes.
    size: Option<u64>,
    /// The position up to which fail2ban has read it, in bytes.
    read_to: Option<u64>,
}

/// What cannot be known of a jail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JailUnknownName {
    /// A log file may not be looked at by BanGUI; fail2ban may well read it.
    LogNotSeen,
    /// fail2ban has noted nowhere how far it has read: it keeps no database, the database cannot be read, or there is no entry of this log in it.
    ReadingNotNoted,
    /// Whether a line matched is not heard: fail2ban's own log is not heard, or failures are not logged in it.
    MatchesNotHeard,
}

/// Why a jail may be blind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JailAlarmName {
    /// A log file is not there.
    LogMissing,
    /// fail2ban cannot read a log file.
    LogUnreadable,
    /// The log was rotated away: fail2ban's position is in another file.
    LogRotatedAway,
    /// The log is written to and fail2ban does not read on.
    LogNotRead,
    /// Nothing was written to any of its logs for a day.
    LogSilent,
    /// The log is written to, and nothing has matched for a week.
    NothingMatches,
    /// The times in the log differ from the machine's clock by more than a minute.
    ClockDiffers,
    /// It has no log at all.
    NoLog,
}

/// How each running jail sees its logs, and why one may be blind.
#[utoipa::path(
    get,
    path = "/hosts/{host}/health",
    tag = "hosts",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    responses((status = 200, body = JailHealthList), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["hosts:read"]))
)]
pub(super) async fn jail_health(
    _: Caller<HostsRead>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
) -> Result<Json<JailHealthList>, Problem> {
    let items = health::jail_health(&state, &host).await?;
    Ok(Json(JailHealthList {
        items: items.into_iter().map(Into::into).collect(),
        unheard: state
            .hears(&host)?
            .unheard()
            .await
            .map(|range| UnheardBody {
                from: range.from.to_string(),
                until: range.until.to_string(),
            }),
        as_of: state.clock.now().to_string(),
    }))
}

impl From<JailHealth> for JailHealthBody {
    fn from(health: JailHealth) -> Self {
        Self {
            jail: health.jail.into(),
            logs: health.logs.into_iter().map(Into::into).collect(),
            last_failure_at: health.last_failure_at.map(|at| at.to_string()),
            last_ban_at: health.last_ban_at.map(|at| at.to_string()),
            alarms: health.alarms.into_iter().map(Into::into).collect(),
            unknown: health.unknown.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<JailUnknown> for JailUnknownName {
    fn from(unknown: JailUnknown) -> Self {
        match unknown {
            JailUnknown::LogNotSeen => Self::LogNotSeen,
            JailUnknown::ReadingNotNoted => Self::ReadingNotNoted,
            JailUnknown::MatchesNotHeard => Self::MatchesNotHeard,
        }
    }
}

impl From<LogHealth> for LogHealthBody {
    fn from(log: LogHealth) -> Self {
        Self {
            path: log.path,
            written_at: log.written_at.map(|at| at.to_string()),
            size: log.size,
            read_to: log.read_to,
        }
    }
}

impl From<JailAlarm> for JailAlarmName {
    fn from(alarm: JailAlarm) -> Self {
        match alarm {
            JailAlarm::LogMissing => Self::LogMissing,
            JailAlarm::LogUnreadable => Self::LogUnreadable,
            JailAlarm::LogRotatedAway => Self::LogRotatedAway,
            JailAlarm::LogNotRead => Self::LogNotRead,
            JailAlarm::LogSilent => Self::LogSilent,
            JailAlarm::NothingMatches => Self::NothingMatches,
            JailAlarm::ClockDiffers => Self::ClockDiffers,
            JailAlarm::NoLog => Self::NoLog,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{Clock as _, Role, TimeRange};
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{Ears, Plan, TestApp};

    const HEALTH: &str = "/api/v1/hosts/local/health";

    #[tokio::test]
    async fn health_says_of_which_time_nothing_was_heard() {
        let ears = Arc::new(Ears::new());
        let app = TestApp::build(Plan {
            ears: Some(Arc::clone(&ears)),
            ..Plan::default()
        })
        .await;
        let viewer = app.as_role(Role::Viewer).await;
        let answer = viewer.get(HEALTH).await.json();
        assert_eq!(answer["unheard"], Value::Null);
        let until = app.clock.now();
        let from = until.plus_seconds(-3_600);
        ears.miss(TimeRange { from, until });
        let answer = viewer.get(HEALTH).await.json();
        let range = json!({ "from": from.to_string(), "until": until.to_string() });
        assert_eq!(answer["unheard"], range);
    }

    #[tokio::test]
    async fn health_of_a_jail_names_what_is_wrong_and_what_is_not_known() {
        let ears = Arc::new(Ears::new());
        let app = TestApp::build(Plan {
            ears: Some(Arc::clone(&ears)),
            ..Plan::default()
        })
        .await;
        let at = app.clock.now();
        let log = |path: &str, size: Option<u64>| LogHealth {
            path: path.to_owned(),
            written_at: size.map(|_| at),
            size,
            read_to: size,
        };
        ears.jails_are(vec![JailHealth {
            jail: "sshd".parse().unwrap(),
            logs: vec![
                log("/var/log/auth.log", Some(7)),
                log("/var/log/hidden", None),
            ],
            last_failure_at: Some(at),
            last_ban_at: None,
            alarms: vec![JailAlarm::LogUnreadable, JailAlarm::ClockDiffers],
            unknown: vec![JailUnknown::LogNotSeen],
        }]);
        let viewer = app.as_role(Role::Viewer).await;
        let answer = viewer.get(HEALTH).await.json();
        let at = at.to_string();
        let expected = json!([{
            "jail": "sshd",
            "logs": [
                { "path": "/var/log/auth.log", "writtenAt": at, "size": 7, "readTo": 7 },
                { "path": "/var/log/hidden", "writtenAt": null, "size": null, "readTo": null },
            ],
            "lastFailureAt": at,
            "lastBanAt": null,
            "alarms": ["logUnreadable", "clockDiffers"],
            "unknown": ["logNotSeen"],
        }]);
        assert_eq!(answer["items"], expected);
    }
}
