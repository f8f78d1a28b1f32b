//! The settings that are kept in storage: their limits, and what follows from changing them.
use domain::{AuditAction, HostId, HostReads, NewAuditEntry, Settings, TimeZoneName};
use serde_json::json;

use crate::{
    permission::Author,
    problem::{Code, FieldError, Problem},
    services::blocking::lists::carry_out_soon,
    state::{ReadState, WriteState},
};

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;
/// The limits of `session_idle_seconds`.
pub(crate) const IDLE_SECONDS: std::ops::RangeInclusive<i64> = 5 * MINUTE..=30 * DAY;
/// The most of `session_absolute_seconds`; the least is the idle limit.
pub(crate) const MAX_ABSOLUTE_SECONDS: i64 = 90 * DAY;

/// The limits of `retention_days`.
pub(crate) const RETENTION_DAYS: std::ops::RangeInclusive<u16> = 1..=3650;

/// Settings as they were sent.
#[derive(Debug, Clone)]
pub(crate) struct Proposed {
    /// Name of a time zone.
    pub time_zone: String,
    /// See [`Settings`].
    pub session_idle_seconds: i64,
    /// See [`Settings`].
    pub session_absolute_seconds: i64,
    /// See [`Settings`].
    pub socket: Option<String>,
    /// See [`Settings`].
    pub retention_days: u16,
    /// See [`Settings`].
    pub online_lookups: bool,
    /// See [`Settings`].
    pub blocked_connections_stay: bool,
}

impl Proposed {
    /// The settings, or what is wrong with each of them.
    pub(crate) async fn check(self, host: &dyn HostReads) -> Result<Settings, Vec<FieldError>> {
        let mut errors = Vec::new();
        let time_zone = self.time_zone.parse::<TimeZoneName>();
        if let Err(error) = &time_zone {
            errors.push(wrong("timeZone", "unknown-time-zone", error));
        }
        if !IDLE_SECONDS.contains(&self.session_idle_seconds) {
            errors.push(wrong(
                "sessionIdleSeconds",
                "out-of-range",
                &"Sessions may end after 5 minutes to 30 days without use.",
            ));
        }
        if !(self.session_idle_seconds..=MAX_ABSOLUTE_SECONDS)
            .contains(&self.session_absolute_seconds)
        {
            errors.push(wrong(
                "sessionAbsoluteSeconds",
                "out-of-range",
                &"Sessions may last at most 90 days, and not less than they may be unused.",
            ));
        }
        if !RETENTION_DAYS.contains(&self.retention_days) {
            errors.push(wrong(
                "retentionDays",
                "out-of-range",
                &"Events are kept for 1 to 3650 days.",
            ));
        }
        if let Some(socket) = &self.socket
            && let Err(domain::HostError::BadSocket(why)) = host.test_connection(socket).await
        {
            errors.push(wrong("socket", "bad-socket", &why));
        }
        match time_zone {
            Ok(time_zone) if errors.is_empty() => Ok(Settings {
                time_zone,
                session_idle_seconds: self.session_idle_seconds,
                session_absolute_seconds: self.session_absolute_seconds,
                fail2ban_socket: self.socket,
                retention_days: self.retention_days,
                online_lookups: self.online_lookups,
                blocked_connections_stay: self.blocked_connections_stay,
            }),
            _ => Err(errors),
        }
    }
}

fn wrong(field: &str, code: &'static str, message: &impl ToString) -> FieldError {
    FieldError {
        field: field.to_owned(),
        code,
        message: message.to_string(),
    }
}

/// The settings as they are.
///
/// # Errors
/// `setup-required` before there are any, and storage's.
pub(crate) async fn current(state: &ReadState) -> Result<Settings, Problem> {
    state
        .storage
        .settings()
        .await?
        .ok_or_else(|| Problem::new(Code::SetupRequired))
}

/// Replaces the settings. The length of sessions holds for those that begin from now on; another socket is used at once.
///
/// # Errors
/// `invalid`, and storage's.
pub(crate) async fn change(
    state: &WriteState,
    author: &Author,
    proposed: Proposed,
) -> Result<Settings, Problem> {
    let before = current(&state.reads).await?;
    let host = state.reads.host(&HostId::local())?;
    let settings = proposed.check(host.as_ref()).await.map_err(|errors| {
        errors
            .into_iter()
            .fold(Problem::new(Code::Invalid), Problem::error)
    })?;
    let entry = NewAuditEntry {
        target: changed(&before, &settings).join(", "),
        detail: json!({ "before": before, "after": settings }),
        ..author.entry(state.reads.clock.now(), AuditAction::SettingsChanged)
    };
    let moves = settings.fail2ban_socket != before.fail2ban_socket;
    if moves {
        connect(state, settings.fail2ban_socket.as_deref()).await?;
    }
    if let Err(error) = state.storage.save_settings(&settings, &entry).await {
        if moves {
            connect(state, before.fail2ban_socket.as_deref()).await?;
        }
        return Err(error.into());
    }
    if settings.blocked_connections_stay != before.blocked_connections_stay {
        carry_out_soon(state);
    }
    Ok(settings)
}

/// Names of the settings that differ, as the API calls them.
fn changed(before: &Settings, after: &Settings) -> Vec<&'static str> {
    [
        ("timeZone", before.time_zone != after.time_zone),
        (
            "sessionIdleSeconds",
            before.session_idle_seconds != after.session_idle_seconds,
        ),
        (
            "sessionAbsoluteSeconds",
            before.session_absolute_seconds != after.session_absolute_seconds,
        ),
        (
            "retentionDays",
            before.retention_days != after.retention_days,
        ),
        (
            "onlineLookups",
            before.online_lookups != after.online_lookups,
        ),
        (
            "blockedConnectionsStay",
            before.blocked_connections_stay != after.blocked_connections_stay,
        ),
        ("socket", before.fail2ban_socket != after.fail2ban_socket),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

/// Tells the host which socket to use; `None` is the one that the program was started with.
///
/// # Errors
/// `invalid` when there is something else than a socket.
pub(crate) async fn connect(state: &WriteState, socket: Option<&str>) -> Result<(), Problem> {
    let socket = socket.unwrap_or(&state.reads.settings.default_socket);
    Ok(state.host(&HostId::local())?.connect(socket).await?)
}
