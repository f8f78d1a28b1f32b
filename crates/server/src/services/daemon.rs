//! The daemon as a program: what can be done to it.
use std::sync::Arc;

use domain::{AuditAction, HostConfigActs, HostId, Outcome, RestartReport};
use serde_json::json;

use crate::{
    problem::Problem,
    services::audit::{Deed, Deeds, Origin, Told},
    state::WriteState,
};

/// The daemon of one host, in the hands of one person.
pub(crate) struct Daemon {
    acts: Arc<dyn HostConfigActs>,
    deeds: Deeds,
    origin: Origin,
    host: HostId,
}

impl Daemon {
    /// The daemon of a host.
    ///
    /// # Errors
    /// `host-not-found`.
    pub(crate) fn new(state: &WriteState, origin: Origin, host: HostId) -> Result<Self, Problem> {
        Ok(Self {
            acts: Arc::clone(state.config(&host)?),
            deeds: state.deeds.clone(),
            origin,
            host,
        })
    }

    fn deed(&self, action: AuditAction) -> Deed {
        Deed {
            origin: self.origin.clone(),
            action,
            host: self.host.clone(),
            target: "fail2ban".to_owned(),
            asked: json!({}),
        }
    }

    /// Makes the daemon open its log anew; answers its word.
    pub(crate) async fn flush_log(&self) -> Result<String, Problem> {
        let acts = Arc::clone(&self.acts);
        let work = async move { acts.flush_logs().await };
        let tell = |answer: &String| Told::success(json!({ "answer": answer }));
        let deed = self.deed(AuditAction::LogFlushed);
        self.deeds.carry_out(deed, work, tell).await
    }

    /// Restarts the daemon.
    pub(crate) async fn restart(&self) -> Result<RestartReport, Problem> {
        let acts = Arc::clone(&self.acts);
        let work = async move { acts.restart_daemon().await };
        let deed = self.deed(AuditAction::DaemonRestarted);
        self.deeds.carry_out(deed, work, tell_restart).await
    }
}

fn tell_restart(report: &RestartReport) -> Told {
    Told {
        outcome: if report.jails_lost.is_empty() {
            Outcome::Success
        } else {
            Outcome::Partial
        },
        detail: json!({
            "by": report.by,
            "running": report.running.len(),
            "jailsLost": report.jails_lost,
        }),
    }
}
