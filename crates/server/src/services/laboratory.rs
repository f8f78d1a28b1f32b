//! Trying filters on lines: what the audit log tells of it.
use std::sync::Arc;

use domain::{
    AuditAction, HostConfigActs, HostId, ItemName, RegexReport, RegexSource, RegexTest, Samples,
    TestedLines,
};
use serde_json::json;

use crate::{
    problem::Problem,
    services::audit::{Deed, Deeds, Origin, Told},
    state::WriteState,
};

/// The laboratory of one host, in the hands of one person.
pub(crate) struct Laboratory {
    acts: Arc<dyn HostConfigActs>,
    deeds: Deeds,
    origin: Origin,
    host: HostId,
}

impl Laboratory {
    /// The laboratory of a host.
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

    fn deed(&self, action: AuditAction, target: String) -> Deed {
        Deed {
            origin: self.origin.clone(),
            action,
            host: self.host.clone(),
            target,
            asked: json!({}),
        }
    }

    /// Tries a filter. Written down where a log of the machine was read.
    pub(crate) async fn test(&self, test: RegexTest) -> Result<RegexReport, Problem> {
        let target = match &test.lines {
            TestedLines::Pasted { .. } => return Ok(self.acts.regex_test(&test).await?),
            TestedLines::File { path } => path.clone(),
            TestedLines::Journal { .. } => "journal".to_owned(),
        };
        let mut deed = self.deed(AuditAction::LaboratoryTested, target);
        deed.asked = json!({ "filter": filter(&test.source), "matches": matches(&test.lines) });
        let acts = Arc::clone(&self.acts);
        let work = async move { acts.regex_test(&test).await };
        let tell = |report: &RegexReport| Told::success(json!({ "lines": report.total }));
        self.deeds.carry_out(deed, work, tell).await
    }

    /// Replaces the samples of a filter.
    pub(crate) async fn set_samples(
        &self,
        filter: ItemName,
        samples: Samples,
    ) -> Result<Samples, Problem> {
        let mut deed = self.deed(AuditAction::SamplesChanged, format!("filter {filter}"));
        deed.asked = json!({ "samples": samples.items.len() });
        let acts = Arc::clone(&self.acts);
        let work = async move {
            let set = acts.set_filter_samples(&filter, &samples).await;
            set.map(|()| samples)
        };
        self.deeds.carry_out(deed, work, |_| Told::done()).await
    }
}

/// The filter that is tried; `None` for expressions by themselves.
fn filter(source: &RegexSource) -> Option<&str> {
    match source {
        RegexSource::Filter { name, .. } | RegexSource::Text { name, .. } => Some(name.as_str()),
        RegexSource::Regexes { .. } => None,
    }
}

/// The conditions of the journal.
fn matches(lines: &TestedLines) -> Option<&[String]> {
    match lines {
        TestedLines::Journal { matches } => Some(&matches.0),
        TestedLines::Pasted { .. } | TestedLines::File { .. } => None,
    }
}
