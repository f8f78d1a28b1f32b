//! Changing the configuration of a host: who may, and what the audit log tells of it.
mod by_itself;
pub(crate) mod shown;
mod told;

use std::sync::Arc;

use domain::{
    ApplyCommand, ApplyReport, AuditAction, ConfigAuthor, ConfigChange, FileBase, HostConfigActs,
    HostId, Role, Sha256, Version, VersionId,
};
use serde_json::{Value, json};

pub(crate) use by_itself::OwnDoings;

use crate::{
    permission::{Caller, ConfigWrite},
    problem::Problem,
    services::audit::{Deed, Deeds, Origin, Told},
    state::WriteState,
};

/// A plan to apply, as a person orders it.
pub(crate) struct Order {
    /// The changes that the plan was made of.
    pub(crate) changes: Vec<ConfigChange>,
    /// The plan's hash.
    pub(crate) hash: Sha256,
    /// The files that it was made on.
    pub(crate) base: Vec<FileBase>,
    /// Why.
    pub(crate) note: String,
    /// Whether it must be confirmed in any case.
    pub(crate) confirm: bool,
}

/// The configuration of one host, in the hands of one person.
pub(crate) struct Configuration {
    acts: Arc<dyn HostConfigActs>,
    deeds: Deeds,
    origin: Origin,
    author: ConfigAuthor,
    may_run_commands: bool,
    host: HostId,
}

impl Configuration {
    /// The configuration of a host.
    ///
    /// # Errors
    /// `host-not-found`.
    pub(crate) fn new(
        state: &WriteState,
        caller: &Caller<ConfigWrite>,
        host: HostId,
    ) -> Result<Self, Problem> {
        let who = &caller.identity;
        Ok(Self {
            acts: Arc::clone(state.config(&host)?),
            deeds: state.deeds.clone(),
            origin: caller.into(),
            author: ConfigAuthor {
                name: Some(who.name.to_string()),
                address: Some(caller.address),
            },
            may_run_commands: who.role >= Role::Admin
                && state.reads.gate.password_is_fresh(&who.session.id),
            host,
        })
    }

    fn deed(&self, action: AuditAction, target: String, asked: Value) -> Deed {
        Deed {
            origin: self.origin.clone(),
            action,
            host: self.host.clone(),
            target,
            asked,
        }
    }

    fn deed_with(&self, action: AuditAction, version: VersionId) -> Deed {
        self.deed(action, told::version_name(version), json!({}))
    }

    /// Applies a plan.
    pub(crate) async fn apply(&self, order: Order) -> Result<ApplyReport, Problem> {
        let asked = json!({
            "changes": told::changes(&order.changes),
            "note": order.note,
            "plan": order.hash.as_str(),
        });
        let target = told::target(&order.changes);
        let deed = self.deed(AuditAction::ConfigApplied, target, asked);
        let command = ApplyCommand {
            changes: order.changes,
            hash: order.hash,
            base: order.base,
            author: self.author.clone(),
            note: order.note,
            may_run_commands: self.may_run_commands,
            confirm: order.confirm,
        };
        let acts = Arc::clone(&self.acts);
        let work = async move { acts.config_apply(&command).await };
        self.deeds.carry_out(deed, work, told::report).await
    }

    /// Keeps a change that waits to be confirmed.
    pub(crate) async fn confirm(&self, version: VersionId) -> Result<Version, Problem> {
        let deed = self.deed_with(AuditAction::ConfigConfirmed, version);
        let (acts, author) = (Arc::clone(&self.acts), self.author.clone());
        let work = async move { acts.config_confirm(version, &author).await };
        self.deeds.carry_out(deed, work, told::version).await
    }

    /// Takes a change back that waits to be confirmed.
    pub(crate) async fn revert(&self, version: VersionId) -> Result<Version, Problem> {
        let deed = self.deed_with(AuditAction::ConfigReverted, version);
        let (acts, author) = (Arc::clone(&self.acts), self.author.clone());
        let work = async move { acts.config_revert(version, &author).await };
        self.deeds.carry_out(deed, work, told::version).await
    }

    /// Keeps what something else changed as a version.
    pub(crate) async fn adopt(&self) -> Result<Version, Problem> {
        let target = "files changed outside".to_owned();
        let deed = self.deed(AuditAction::ConfigAdopted, target, json!({}));
        let (acts, author) = (Arc::clone(&self.acts), self.author.clone());
        let work = async move { acts.config_adopt(&author).await };
        self.deeds
            .carry_out(deed, work, |version: &Version| {
                Told::success(told::version_detail(version))
            })
            .await
    }
}
