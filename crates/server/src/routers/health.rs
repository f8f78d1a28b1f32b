//! Probes, for supervisors and proxies. They need no session, and tell nothing that is not theirs to know.
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use domain::{DaemonState, HostId};
use serde::Serialize;

use crate::state::ReadState;

/// The answer of a probe.
#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<Check>,
}

/// One thing that BanGUI needs.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

/// `/health/live` and `/health/ready`.
pub(crate) fn routes(state: ReadState) -> Router {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .with_state(state)
}

/// The process answers. Never depends on storage or fail2ban: restarting BanGUI mends neither.
async fn live() -> Json<Health> {
    Json(Health {
        status: "live",
        checks: Vec::new(),
    })
}

/// Ready means that requests can be served, which needs storage. A missing fail2ban is said and does not take BanGUI out of service: it is there to
/// show exactly that.
async fn ready(State(state): State<ReadState>) -> (StatusCode, Json<Health>) {
    let storage = state.storage.ping().await;
    let daemon = match state.host(&HostId::local()) {
        Ok(host) => host.status().await.ok().map(|status| status.daemon),
        Err(_) => None,
    };
    let daemon_up = matches!(daemon, Some(DaemonState::Up { .. }));
    let checks = vec![
        Check {
            name: "storage",
            ok: storage.is_ok(),
            detail: storage
                .as_ref()
                .map_or_else(ToString::to_string, |()| "answers".to_owned()),
        },
        Check {
            name: "fail2ban",
            ok: daemon_up,
            detail: match daemon {
                Some(DaemonState::Up { version }) => format!("version {version}"),
                Some(DaemonState::Down { detail, .. }) => detail,
                Some(DaemonState::Connecting) | None => "has not answered yet".to_owned(),
            },
        },
    ];
    let (code, status) = match (storage.is_ok(), daemon_up) {
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
        (true, false) => (StatusCode::OK, "degraded"),
        (true, true) => (StatusCode::OK, "ready"),
    };
    (code, Json(Health { status, checks }))
}
