//! What can be done to jails.
use std::sync::Arc;

use domain::{
    AuditAction, HostActs, HostId, IgnoreEntry, JailName, JailSettings, JailState, ReloadReport,
    RunningSettings,
};
use serde_json::{Value, json};

use crate::{
    problem::Problem,
    services::audit::{Deed, Deeds, Origin, Told},
    state::WriteState,
};

/// What can be done to a jail as a whole and answers its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    /// Ends running.
    Start,
    /// Ends stopped.
    Stop,
    /// Stops and starts.
    Restart,
    /// Stops reading its log.
    Idle,
    /// Reads its log again.
    Resume,
}

impl Control {
    const fn action(self) -> AuditAction {
        match self {
            Self::Start => AuditAction::JailStarted,
            Self::Stop => AuditAction::JailStopped,
            Self::Restart => AuditAction::JailRestarted,
            Self::Idle => AuditAction::JailIdled,
            Self::Resume => AuditAction::JailResumed,
        }
    }
}

/// The jails of one host, in the hands of one person.
pub(crate) struct JailControl {
    acts: Arc<dyn HostActs>,
    deeds: Deeds,
    origin: Origin,
    host: HostId,
}

impl JailControl {
    /// The jails of a host.
    ///
    /// # Errors
    /// `host-not-found`.
    pub(crate) fn new(state: &WriteState, origin: Origin, host: HostId) -> Result<Self, Problem> {
        Ok(Self {
            acts: Arc::clone(state.host(&host)?),
            deeds: state.deeds.clone(),
            origin,
            host,
        })
    }

    fn deed(&self, action: AuditAction, target: &(impl ToString + ?Sized)) -> Deed {
        Deed {
            origin: self.origin.clone(),
            action,
            host: self.host.clone(),
            target: target.to_string(),
            asked: json!({}),
        }
    }

    /// Starts, stops, restarts, idles or resumes a jail.
    pub(crate) async fn control(
        &self,
        control: Control,
        jail: JailName,
    ) -> Result<JailState, Problem> {
        let deed = self.deed(control.action(), &jail);
        let acts = Arc::clone(&self.acts);
        let work = async move {
            match control {
                Control::Start => acts.start_jail(&jail).await,
                Control::Stop => acts.stop_jail(&jail).await,
                Control::Restart => acts.restart_jail(&jail).await,
                Control::Idle => acts.set_idle(&jail, true).await,
                Control::Resume => acts.set_idle(&jail, false).await,
            }
        };
        self.deeds
            .carry_out(deed, work, |state| Told::success(json!({ "state": state })))
            .await
    }

    /// Reads the configuration of a jail again, or of all of them.
    pub(crate) async fn reload(&self, jail: Option<JailName>) -> Result<ReloadReport, Problem> {
        let deed = match &jail {
            Some(jail) => self.deed(AuditAction::JailReloaded, jail),
            None => self.deed(AuditAction::JailsReloaded, "all jails"),
        };
        let acts = Arc::clone(&self.acts);
        let work = async move {
            match jail {
                Some(jail) => acts.reload_jail(&jail).await,
                None => acts.reload_all().await,
            }
        };
        let tell = |report: &ReloadReport| {
            Told::success(json!({ "running": report.running.len(), "started": report.started }))
        };
        self.deeds.carry_out(deed, work, tell).await
    }

    /// Changes settings of a running jail until its next reload.
    pub(crate) async fn set_running(
        &self,
        jail: JailName,
        settings: RunningSettings,
    ) -> Result<JailSettings, Problem> {
        let mut deed = self.deed(AuditAction::JailSettingsChanged, &jail);
        deed.asked = json!({ "wanted": told_settings(&settings) });
        let acts = Arc::clone(&self.acts);
        let work = async move { acts.set_running(&jail, &settings).await };
        self.deeds
            .carry_out(deed, work, |now: &JailSettings| {
                let now = RunningSettings {
                    bantime: now.bantime,
                    findtime: now.findtime,
                    maxretry: now.maxretry,
                };
                Told::success(json!({ "now": told_settings(&now) }))
            })
            .await
    }

    /// Adds an entry to the ignore list of a running jail until its next reload.
    pub(crate) async fn add_ignore(
        &self,
        jail: JailName,
        entry: IgnoreEntry,
    ) -> Result<Vec<String>, Problem> {
        let mut deed = self.deed(AuditAction::IgnoreAdded, &jail);
        deed.asked = json!({ "entry": entry.as_str() });
        let acts = Arc::clone(&self.acts);
        let work = async move { acts.add_ignore(&jail, &entry).await };
        self.deeds.carry_out(deed, work, |_| Told::done()).await
    }

    /// Removes an entry from the ignore list of a running jail until its next reload.
    pub(crate) async fn remove_ignore(
        &self,
        jail: JailName,
        entry: String,
    ) -> Result<Vec<String>, Problem> {
        let mut deed = self.deed(AuditAction::IgnoreRemoved, &jail);
        deed.asked = json!({ "entry": entry });
        let acts = Arc::clone(&self.acts);
        let work = async move { acts.remove_ignore(&jail, &entry).await };
        self.deeds.carry_out(deed, work, |_| Told::done()).await
    }

    /// Sets whether a running jail leaves the machine's own addresses alone, until its next reload.
    pub(crate) async fn set_ignore_self(
        &self,
        jail: JailName,
        enabled: bool,
    ) -> Result<bool, Problem> {
        let mut deed = self.deed(AuditAction::IgnoreSelfChanged, &jail);
        deed.asked = json!({ "enabled": enabled });
        let acts = Arc::clone(&self.acts);
        let work = async move { acts.set_ignore_self(&jail, enabled).await };
        self.deeds.carry_out(deed, work, |_| Told::done()).await
    }
}

fn told_settings(settings: &RunningSettings) -> Value {
    json!({
        "bantimeSeconds": settings.bantime,
        "findtimeSeconds": settings.findtime,
        "maxretry": settings.maxretry,
    })
}
