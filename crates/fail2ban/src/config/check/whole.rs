//! A whole configuration against the rules.

mod expressions;
mod files;
mod jails;
mod restart;

use std::sync::Arc;

use super::code::Code;
use super::fault::{Fault, Gravity};
use super::value;
use crate::Value;
use crate::config::options::{self, Place};
use crate::config::{Config, Effective, Layer, Refusal, Refused, Settings, ValueProblem};

pub use expressions::Memory;
pub use files::file;
pub use restart::restarts;

/// Something that speaks against a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// What it concerns.
    pub about: About,
    /// The option.
    pub option: Option<String>,
    /// Where that stands.
    pub layer: Option<Arc<Layer>>,
    /// The file, where it concerns no option: relative to the base folder where it lies below it.
    pub file: Option<String>,
    /// The line in that, from 1.
    pub line: Option<usize>,
    /// How grave it is.
    pub gravity: Gravity,
    /// A stable word for it.
    pub code: Code,
    /// What is wrong, for people. Hostile text inside.
    pub detail: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

/// What a complaint concerns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// Files as a whole.
    Files,
    /// The daemon's settings.
    Server,
    /// A jail.
    Jail(String),
    /// A filter.
    Filter(String),
    /// An action.
    Action(String),
}

impl Complaint {
    pub(super) fn new(about: About, gravity: Gravity, code: Code, detail: String) -> Self {
        Self {
            about,
            option: None,
            layer: None,
            file: None,
            line: None,
            gravity,
            code,
            detail,
            suggestion: None,
        }
    }

    fn of_fault(about: About, fault: &Fault) -> Self {
        Self {
            suggestion: fault.suggestion().map(str::to_owned),
            ..Self::new(about, fault.gravity(), fault.code(), fault.to_string())
        }
    }

    fn at(mut self, option: &str, layer: Option<&Arc<Layer>>) -> Self {
        self.option = Some(option.to_owned());
        self.layer = layer.cloned();
        self
    }
}

/// Rules, with what they need to know of a configuration.
pub struct Rules<'a> {
    config: &'a Config,
    /// `None` looks only for what is quick to tell of expressions.
    memory: Option<&'a Memory>,
    filters: Vec<String>,
    actions: Vec<String>,
}

impl<'a> Rules<'a> {
    /// Rules for a configuration. The memory remembers expressions, which take longest to look at.
    #[must_use]
    pub fn new(config: &'a Config, memory: &'a Memory) -> Self {
        Self {
            memory: Some(memory),
            ..Self::quick(config)
        }
    }

    /// Rules that say of expressions only why fail2ban refuses them, not what they can be misused for.
    #[must_use]
    pub fn quick(config: &'a Config) -> Self {
        Self {
            config,
            memory: None,
            filters: config.filters(),
            actions: config.actions(),
        }
    }

    /// What speaks against the configuration: the files, the daemon's settings, and each jail that is to run with its filter and actions.
    #[must_use]
    pub fn all(&self) -> Vec<Complaint> {
        let mut all = self.files();
        all.extend(self.option_names());
        all.extend(self.server());
        let running = self.config.jails().filter(|jail| jail.is_enabled);
        for jail in running {
            for complaint in self.jail(&jail.name) {
                // Jails share filters.
                if !all.contains(&complaint) {
                    all.push(complaint);
                }
            }
        }
        all
    }

    /// What speaks against the daemon's settings.
    #[must_use]
    pub fn server(&self) -> Vec<Complaint> {
        let mut all = Vec::new();
        let options = &self.config.server().options;
        of_values(Place::Server, &About::Server, options, &mut all);
        if let Some(size) = options.get("thread.stacksize")
            && let Some(spec) = options::find(Place::ServerThread, "stacksize")
        {
            let text = shown(size).unwrap_or_default();
            let faults = value(spec, &text);
            let complaint = |fault: &Fault| {
                Complaint::of_fault(About::Server, fault).at("stacksize", size.layer())
            };
            all.extend(faults.iter().map(complaint));
        }
        all
    }
}

/// What is said of values that have a description.
fn of_values(place: Place, about: &About, settings: &Settings, all: &mut Vec<Complaint>) {
    for (name, option) in settings {
        let Some(spec) = options::find(place, name) else {
            continue;
        };
        let Some(text) = written(option) else {
            continue;
        };
        let complaint =
            |fault: &Fault| Complaint::of_fault(about.clone(), fault).at(name, option.layer());
        all.extend(value(spec, &text).iter().map(complaint));
    }
}

/// The value as a file has it, for rules about what is written; `None` where it cannot be told.
fn written(option: &Effective) -> Option<String> {
    match (&option.problem, &option.value) {
        (Some(ValueProblem::NotAnInteger(text)), _) => Some(text.clone()),
        (Some(ValueProblem::NotFilledIn), _) => None,
        // What it was before it became true or false.
        (None, Value::Bool(_)) => {
            let layer = option.layer()?;
            (!layer.value.contains(['%', '<'])).then(|| layer.value.clone())
        }
        (None, _) => shown(option),
    }
}

/// The value as text; `None` if there is none.
#[must_use]
pub fn shown(option: &Effective) -> Option<String> {
    match &option.value {
        Value::None => None,
        Value::Str(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        other => Some(other.to_string()),
    }
}

/// Why fail2ban refuses the whole.
fn refusal(refused: &Refused) -> Complaint {
    let about = refused.jail.clone().map_or(About::Files, About::Jail);
    let mut complaint = Complaint::new(about, Gravity::Error, Code::Refused, refused.to_string());
    match &refused.reason {
        Refusal::Syntax { file, problem } => {
            complaint.file = Some(file.clone());
            complaint.line = Some(problem.line);
        }
        Refusal::Includes { file } => complaint.file = Some(file.clone()),
        Refusal::Interpolation { option, layer, .. } => {
            return complaint.at(option, layer.as_ref());
        }
        Refusal::LogLevel(_) => complaint.option = Some("loglevel".to_owned()),
        _ => {}
    }
    complaint
}
