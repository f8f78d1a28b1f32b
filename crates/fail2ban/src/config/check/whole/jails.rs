//! What speaks against jails, filters and actions.

use super::super::{actions, filter, value};
use super::{About, Complaint, Rules, of_values, shown};
use crate::Value;
use crate::config::check::{Code, Gravity};
use crate::config::options::{self, Place};
use crate::config::{
    Effective, InterpolationError, JailConfig, JailError, JailFailure, JailWarning, LogPath,
    Origin, Refusal, Refused,
};

impl Rules<'_> {
    /// What speaks against a jail, with its filter and its actions, whether it is to run or not.
    #[must_use]
    pub fn jail(&self, name: &str) -> Vec<Complaint> {
        let Some(jail) = self.config.jail(name) else {
            return Vec::new();
        };
        let about = About::Jail(name.to_owned());
        let mut all = Vec::new();
        all.extend(self.failure(&jail));
        all.extend(self.references(&jail));
        all.extend(
            jail.warnings
                .iter()
                .filter_map(|warning| warned(&jail, warning)),
        );
        of_values(Place::Jail, &about, &jail.options, &mut all);
        self.others(&jail, &mut all);
        all.extend(self.database(&jail));
        all.extend(self.expressions(&jail));
        all
    }

    /// What speaks against a filter by itself.
    #[must_use]
    pub fn filter(&self, name: &str) -> Vec<Complaint> {
        let about = About::Filter(name.to_owned());
        match self.config.filter(name) {
            Err(failure) => vec![broken(about, &failure)],
            Ok(filter) => {
                let mut all = Vec::new();
                of_values(Place::Filter, &about, &filter.options, &mut all);
                all.extend(self.expressions_of_filter(&filter));
                all
            }
        }
    }

    /// What speaks against an action by itself.
    #[must_use]
    pub fn action(&self, name: &str) -> Vec<Complaint> {
        let about = About::Action(name.to_owned());
        match self.config.action(name, name) {
            Err(failure) => vec![broken(about, &failure)],
            Ok(action) => {
                let mut all = Vec::new();
                of_values(Place::Action, &about, &action.properties, &mut all);
                all
            }
        }
    }

    fn failure(&self, jail: &JailConfig) -> Option<Complaint> {
        let about = || About::Jail(jail.name.clone());
        match jail.failure.as_ref()? {
            // What is missing is told with what may be meant.
            JailFailure::Skipped(JailError::Filter(_) | JailError::Action(_)) => None,
            JailFailure::Skipped(error) => {
                let (option, what) = match error {
                    JailError::FilterDefinition { .. } => ("filter", Code::BadParameters),
                    JailError::NoLogFile => ("logpath", Code::LogMissing),
                    _ => ("action", Code::BadParameters),
                };
                let layer = jail.option(option).and_then(Effective::layer);
                let detail = format!("fail2ban leaves this jail out: {error}");
                Some(Complaint::new(about(), Gravity::Error, what, detail).at(option, layer))
            }
            JailFailure::Refused(reason) => {
                let refused = Refused {
                    jail: Some(jail.name.clone()),
                    reason: reason.clone(),
                };
                let is_of_all = self.config.refused() == Some(&refused);
                // It is said of the files as a whole.
                (!is_of_all).then(|| super::refusal(&refused))
            }
        }
    }

    /// The filter and the actions that it names, if they are not there.
    fn references(&self, jail: &JailConfig) -> Vec<Complaint> {
        let mut all = Vec::new();
        let about = || About::Jail(jail.name.clone());
        if let Some(option) = jail.option("filter")
            && let Some(fault) = filter(option.text().unwrap_or_default(), &self.filters)
            && fault.code() == Code::FilterMissing
        {
            all.push(Complaint::of_fault(about(), &fault).at("filter", option.layer()));
        }
        if let Some(option) = jail.option("action") {
            for fault in actions(option.text().unwrap_or_default(), &self.actions) {
                if fault.code() != Code::BadParameters {
                    all.push(Complaint::of_fault(about(), &fault).at("action", option.layer()));
                }
            }
        }
        all
    }

    /// Options that only other options use, such as `port`.
    fn others(&self, jail: &JailConfig, all: &mut Vec<Complaint>) {
        for (name, option) in self.config.section(&jail.name) {
            let Some(spec) = options::find(Place::Jail, &name) else {
                continue;
            };
            if jail.options.contains_key(&name) || option.problem.is_some() {
                continue;
            }
            let text = shown(&option).unwrap_or_default();
            let about = || About::Jail(jail.name.clone());
            let faults = value(spec, &text).into_iter();
            all.extend(
                faults.map(|fault| Complaint::of_fault(about(), &fault).at(&name, option.layer())),
            );
        }
    }

    /// Bans that grow need to know the former ones.
    fn database(&self, jail: &JailConfig) -> Option<Complaint> {
        let increment = jail.option("bantime.increment")?;
        let file = self.config.server().option("dbfile")?.text()?;
        if increment.value != Value::Bool(true) || !file.eq_ignore_ascii_case("none") {
            return None;
        }
        let detail = "bans cannot grow while fail2ban has no database (dbfile = None)".to_owned();
        let about = About::Jail(jail.name.clone());
        let complaint = Complaint::new(
            about,
            Gravity::Warning,
            Code::IncrementWithoutDatabase,
            detail,
        );
        Some(complaint.at("bantime.increment", increment.layer()))
    }
}

/// Why a filter or an action cannot be read by itself.
fn broken(about: About, failure: &JailFailure) -> Complaint {
    let is_part = matches!(
        failure,
        JailFailure::Refused(Refusal::Interpolation {
            reason: InterpolationError::Missing(_),
            ..
        })
    );
    if is_part {
        let detail =
            format!("it is a part that other files include, and nothing by itself: {failure}");
        return Complaint::new(about, Gravity::Info, Code::Part, detail);
    }
    Complaint::new(about, Gravity::Error, Code::Broken, failure.to_string())
}

/// What fail2ban itself warns of.
fn warned(jail: &JailConfig, warning: &JailWarning) -> Option<Complaint> {
    let (gravity, code, option) = match warning {
        JailWarning::NoFilter => (Gravity::Warning, Code::NoFilter, "filter"),
        JailWarning::NoAction => (Gravity::Warning, Code::NoAction, "action"),
        // Nothing is configured then, no other jail either.
        JailWarning::NoLogFile => (Gravity::Error, Code::LogMissing, "logpath"),
        JailWarning::ReadsJournal => (Gravity::Info, Code::ReadsJournal, "logpath"),
        JailWarning::NoMatch(_) | JailWarning::DanglingLink(_) => {
            // That none is there is said already.
            if jail.logs.iter().all(|log: &LogPath| log.files.is_empty()) {
                return None;
            }
            (Gravity::Warning, Code::LogMissing, "logpath")
        }
        // The value itself is looked at.
        JailWarning::Value { .. } => return None,
    };
    let set = jail.option(option);
    let is_unset = set.is_none_or(|set| set.source.origin == Origin::Default);
    if code == Code::LogMissing && is_unset {
        return None;
    }
    let paths: Vec<&str> = jail.logs.iter().map(|log| log.pattern.as_str()).collect();
    let detail = match warning {
        JailWarning::NoLogFile => format!(
            "none of its log files is there ({}): fail2ban cannot load the configuration",
            paths.join(", ")
        ),
        other => other.to_string(),
    };
    let about = About::Jail(jail.name.clone());
    let complaint = Complaint::new(about, gravity, code, detail);
    Some(complaint.at(option, set.and_then(Effective::layer)))
}
