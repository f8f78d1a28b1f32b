//! fail2ban's own log, for people: its end, and what is written from then on.
mod file;
mod journal;
mod lines;
mod target;
mod token;

use async_trait::async_trait;
use domain::{ConfigError, DaemonReads, Finding, LogPage, LogQuery, Reason};
use fail2ban::{CommandClass, Value};

use self::target::Target;
pub(crate) use self::target::unusable;
use crate::{Agent, core::Core, finding::Code, mirror::on_disk, reload};

impl Agent {
    /// What speaks against a log target: it is one of fail2ban's special names, or a file in a folder that the agent's settings allow.
    pub async fn check_log_target(&self, target: &str) -> Vec<Finding> {
        check_log_target(&self.core, target).await
    }
}

/// What speaks against a log target, for [`Agent::check_log_target`] and for plans.
pub(crate) async fn check_log_target(core: &Core, target: &str) -> Vec<Finding> {
    let (config, target) = (core.config.clone(), target.to_owned());
    let current = known_target(core).await;
    on_disk(move || target::findings(&target, current.as_deref(), &config)).await
}

#[async_trait]
impl DaemonReads for Agent {
    async fn daemon_log(&self, query: &LogQuery) -> Result<LogPage, ConfigError> {
        let mut query = query.clone();
        query.limit = query.limit.clamp(1, LogQuery::MAX_LINES);
        query.text = query.text.filter(|text| !text.is_empty());
        query.after = query.after.filter(|after| !after.is_empty());
        let Some(target) = known_target(&self.core).await else {
            return Ok(nothing(
                "unknown",
                Code::LogTargetUnknown,
                "fail2ban does not answer, and its configuration does not say where it logs to",
            ));
        };
        match Target::parse(&target) {
            Target::File(path) => on_disk(move || file::page(&path, &query)).await,
            Target::Journal | Target::Stream => {
                journal::page(&self.core.config, &target, &query).await
            }
            Target::Other => Ok(nothing(
                &target,
                Code::LogTargetOther,
                "this is no file that can be read: set logtarget to a file to see the log here",
            )),
        }
    }
}

/// A page without lines.
fn nothing(source: &str, code: Code, detail: &str) -> LogPage {
    LogPage {
        lines: Vec::new(),
        next: String::new(),
        source: source.to_owned(),
        problem: Some(Reason {
            code: code.into(),
            detail: detail.to_owned(),
        }),
        gap: false,
    }
}

/// Where the daemon says that it logs to; while it does not answer where it last said so, else where its configuration says.
async fn known_target(core: &Core) -> Option<String> {
    let command = [Value::from("get"), "logtarget".into()];
    if core.answering().is_ok()
        && let Ok(answer) = core
            .link()
            .client
            .request(&command, CommandClass::Read)
            .await
        && let Some(target) = answer.as_str()
    {
        core.keep_log_target(target);
        return Some(target.to_owned());
    }
    if let Some(known) = core.log_target() {
        return Some(known);
    }
    let configured = reload::configured_log_target(core).await;
    configured
        .inspect_err(|error| tracing::debug!(%error, "where fail2ban logs to could not be read"))
        .ok()
        .flatten()
}
