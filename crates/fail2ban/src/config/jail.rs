//! A jail: its options, its filter, its actions, and the commands that they become.

mod commands;
mod options;

use std::sync::Arc;

use super::action::{self, ActionConfig};
use super::budget::Budget;
use super::definition::Definition;
use super::dialect::Dialect;
use super::effective::{Effective, Origin, Settings, Source, Type, ValueProblem, Variables};
use super::files::{Sources, join};
use super::filter::{self, FilterConfig};
use super::interpolate::{Added, Scope};
use super::layers::{Layer, Merged, Reader};
use super::parameters::{self, Parameters};
use super::reach;
use super::refusal::{JailError, Refusal};
use super::text::strip;
use crate::Value;
use options::{ALL, FIRST, JOURNAL, Option3, SKIP};

/// A jail as the files have it. What is wrong with it is in here too, so that the rest of it can be seen.
#[derive(Debug, Clone, PartialEq)]
pub struct JailConfig {
    /// Its name, that of its section.
    pub name: String,
    /// Whether it is to run.
    pub is_enabled: bool,
    /// Its options, in the order in which fail2ban goes through them; those that nobody sets are missing.
    pub options: Settings,
    /// Its filter, unless it has none or the filter is broken.
    pub filter: Option<FilterConfig>,
    /// Its actions, but for broken ones.
    pub actions: Vec<ActionConfig>,
    /// Its log files; none where it reads the journal.
    pub logs: Vec<LogPath>,
    /// Why it cannot run.
    pub failure: Option<JailFailure>,
    /// What fail2ban warns of.
    pub warnings: Vec<JailWarning>,
    /// What it sends to the daemon, but for the last command that starts it. Empty if fail2ban refuses it.
    pub commands: Vec<Vec<Value>>,
}

/// Why a jail cannot run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JailFailure {
    /// This jail is skipped, others are not.
    #[error(transparent)]
    Skipped(#[from] JailError),
    /// fail2ban refuses the whole configuration.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What fail2ban warns of in a jail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JailWarning {
    /// It has no filter.
    #[error("no filter is set")]
    NoFilter,
    /// It has no action.
    #[error("no action is set")]
    NoAction,
    /// None of its log files is there: `fail2ban-client -t` fails, and so does a reload.
    #[error("none of its log files is there")]
    NoLogFile,
    /// None of its log files is there, so that it reads the journal (from 1.1.1 on).
    #[error("none of its log files is there, so it reads the journal")]
    ReadsJournal,
    /// The name of a log file leads to nothing.
    #[error("no log file is at {0}")]
    NoMatch(String),
    /// A log file is a link that leads nowhere.
    #[error("{0} is a link that leads nowhere")]
    DanglingLink(String),
    /// A value is not of its type; the daemon gets none.
    #[error("{option}: {problem}")]
    Value {
        /// The option.
        option: String,
        /// What is wrong with its value.
        problem: ValueProblem,
    },
}

/// A line of `logpath`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPath {
    /// The name, maybe with wildcards.
    pub pattern: String,
    /// `head` or `tail`: where reading begins; anything else is taken as it stands.
    pub from: String,
    /// The files that are there.
    pub files: Vec<String>,
}

impl JailConfig {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            is_enabled: false,
            options: Settings::new(),
            filter: None,
            actions: Vec::new(),
            logs: Vec::new(),
            failure: None,
            warnings: Vec::new(),
            commands: Vec::new(),
        }
    }

    /// An option; `None` if nobody sets it and fail2ban has no value for it either.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&Effective> {
        self.options.get(name)
    }

    /// The files that its filter and its actions are read from, each once: a change of one of them may change the jail.
    #[must_use]
    pub fn files(&self) -> Vec<Arc<str>> {
        let of_filter = self.filter.iter().flat_map(|filter| &filter.files);
        let of_actions = self.actions.iter().flat_map(|action| &action.files);
        let mut files: Vec<Arc<str>> = Vec::new();
        for file in of_filter.chain(of_actions) {
            if !files.contains(file) {
                files.push(Arc::clone(file));
            }
        }
        files
    }

    /// The commands that configure and start the jail, as `fail2ban-client -d` prints them.
    #[must_use]
    pub fn stream(&self) -> Vec<Vec<Value>> {
        let mut commands = self.commands.clone();
        commands.extend(self.start());
        commands
    }

    /// The command that starts it.
    pub(super) fn start(&self) -> Option<Vec<Value>> {
        let start = ["start", &self.name].map(Value::str).to_vec();
        self.failure.is_none().then_some(start)
    }

    /// Keeps the first failure: fail2ban does not come to another one.
    fn fail(&mut self, failure: impl Into<JailFailure>) {
        self.failure.get_or_insert(failure.into());
    }

    fn keep<T>(&mut self, answer: Result<T, impl Into<JailFailure>>) -> Option<T> {
        answer.map_err(|failure| self.fail(failure)).ok()
    }
}

/// Reads jails.
pub(super) struct JailReader<'a> {
    pub(super) reader: &'a mut Reader,
    pub(super) merged: Arc<Merged>,
    pub(super) added: &'a mut Added,
    pub(super) budget: &'a Budget,
    pub(super) dialect: Dialect,
    /// Whether actions are told marks in place of their port and their jail's name, to see what they do with them.
    pub(super) marks: bool,
}

/// An action before its tags are filled in.
enum Begun<'a> {
    Command {
        definition: Box<Definition<'a>>,
        file: String,
        name: String,
    },
    Python(ActionConfig),
}

impl<'a> JailReader<'a> {
    /// Whether a jail is to run.
    pub(super) fn is_enabled(&self, name: &str) -> Result<bool, Refusal> {
        let found = self.scope(name).get("enabled")?;
        let first = self.scope(name);
        first.get("backend")?;
        first.get("filter")?;
        Ok(found.is_some_and(|found| super::text::truth(&found.text)))
    }

    /// Reads a jail as if it were to run.
    pub(super) fn read(&mut self, name: &str) -> JailConfig {
        let mut jail = JailConfig::new(name);
        let first = self.options(&FIRST, &mut jail);
        let enabled = first.get("enabled").map(|option| &option.value);
        jail.is_enabled = enabled == Some(&Value::Bool(true));
        let mut definition = self.filter(&first, &mut jail);
        jail.options = self.options(&ALL, &mut jail);
        let variables = Variables::of_jail(&jail.options);
        if let Some((_, definition, _)) = &mut definition {
            let loaded = definition.load(&jail.options, &variables, false);
            jail.keep(loaded);
        }
        let actions = self.actions(&mut jail, &variables);
        self.finish(&mut jail, definition, actions);
        jail
    }

    fn scope<'s>(&'s self, section: &'s str) -> Scope<'s> {
        Scope::new(&self.merged, self.added, section, self.budget)
    }

    /// Options with everything filled in and of their types.
    fn options(&self, wanted: &[Option3], jail: &mut JailConfig) -> Settings {
        let name = jail.name.clone();
        let scope = self.scope(&name);
        let mut options = Settings::new();
        for (option, of, default) in wanted {
            if matches!(*option, SKIP | JOURNAL) && !self.dialect.has_ways_without_logs() {
                continue;
            }
            let value = match scope.get(option) {
                Ok(Some(found)) => found.effective().converted(*of, &Value::None),
                Ok(None) => {
                    let Some(default) = default else { continue };
                    Effective::default(Value::str(*default)).converted(*of, &Value::None)
                }
                Err(refusal) => {
                    let unfilled = unfilled(&refusal);
                    jail.fail(refusal);
                    unfilled
                }
            };
            options.insert((*option).to_owned(), value);
        }
        options
    }

    /// The filter, loaded as far as the jail's other options need it: its name, the definition, its options.
    fn filter(
        &mut self,
        first: &Settings,
        jail: &mut JailConfig,
    ) -> Option<(String, Definition<'a>, Settings)> {
        let option = first.get("filter")?;
        let text = option.text().filter(|text| !text.is_empty());
        let Some(text) = text else {
            jail.warnings.push(JailWarning::NoFilter);
            return None;
        };
        let parsed = parameters::parse_as(text, self.dialect.has_conditional_parameters());
        let parsed = parsed.map_err(|reason| JailError::FilterDefinition {
            definition: text.to_owned(),
            reason,
        });
        let (name, given) = jail.keep(parsed)?;
        let merged = self.reader.merged(&join("filter.d", name), self.budget);
        let merged = jail.keep(merged)?;
        if !merged.is_read(self.dialect) {
            jail.fail(JailError::Filter(name.to_owned()));
            return None;
        }
        let given = as_settings(given, option);
        let mut definition =
            Definition::new(merged, &filter::OPTIONS, given, (self.budget, self.dialect));
        let backend = first.get("backend").and_then(Effective::text);
        filter::add_log_type(&mut definition, backend.unwrap_or_default());
        let loaded = definition.load(first, &Variables::of_jail(first), true);
        jail.keep(loaded)?;
        let combined = definition.combined(&[]);
        let options = jail.keep(combined)?;
        let known = self.added.sections.entry(jail.name.clone()).or_default();
        known.extend(filter::as_known(&options));
        Some((name.to_owned(), definition, options))
    }

    fn actions(&mut self, jail: &mut JailConfig, variables: &Variables) -> Vec<Begun<'a>> {
        let Some(option) = jail.options.get("action").cloned() else {
            return Vec::new();
        };
        let listed = option.text().unwrap_or_default();
        let mut begun = Vec::new();
        for item in parameters::split_as(listed, self.dialect.has_conditional_parameters()) {
            let action = self.action(strip(item), &option, jail, variables);
            begun.extend(jail.keep(action));
        }
        if begun.is_empty() && jail.failure.is_none() {
            jail.warnings.push(JailWarning::NoAction);
        }
        begun
    }

    fn action(
        &mut self,
        item: &str,
        option: &Effective,
        jail: &JailConfig,
        variables: &Variables,
    ) -> Result<Begun<'a>, JailFailure> {
        let parsed = parameters::parse_as(item, self.dialect.has_conditional_parameters());
        let parsed = parsed.map_err(|reason| JailError::ActionDefinition {
            definition: item.to_owned(),
            reason,
        });
        let (file, given) = parsed?;
        if action::is_python(file) {
            let folder = join(self.reader.sources().base(), "action.d");
            let path = join(&folder, file);
            return Ok(Begun::Python(action::python(
                file, &path, &jail.name, given,
            )));
        }
        let mut given = as_settings(given, option);
        let name = action::add_names(file, &jail.name, &mut given);
        if self.marks {
            given.insert("port".to_owned(), Effective::given(reach::PORT_MARK));
            given.insert("name".to_owned(), Effective::given(reach::NAME_MARK));
        }
        let merged = self.reader.merged(&join("action.d", file), self.budget)?;
        if !merged.is_read(self.dialect) {
            return Err(JailError::Action(file.to_owned()).into());
        }
        let mut definition =
            Definition::new(merged, &action::OPTIONS, given, (self.budget, self.dialect));
        definition.load(&jail.options, variables, false)?;
        Ok(Begun::Command {
            definition: Box::new(definition),
            file: file.to_owned(),
            name,
        })
    }
}

/// What is shown of an option that cannot be filled in.
pub(super) fn unfilled(refusal: &Refusal) -> Effective {
    let layer = match refusal {
        Refusal::Interpolation { layer, .. } => layer.clone(),
        _ => None,
    };
    let text = layer.as_ref().map_or("", |layer| &layer.value);
    let origin = layer.clone().map_or(Origin::Default, Origin::File);
    let mut shown = Effective::new(Value::str(text), Source::of(origin));
    shown.problem = Some(ValueProblem::NotFilledIn);
    shown
}

/// Parameters as options; they come from the line that names the filter or the action.
fn as_settings(parameters: Parameters, named_by: &Effective) -> Settings {
    let layer: Option<&Arc<Layer>> = named_by.layer();
    let source = Arc::new(Source {
        origin: Origin::Parameter(layer.cloned()),
        overrides: Vec::new(),
        uses: named_by.source.uses.clone(),
    });
    let settings = parameters.into_iter().map(|(name, value)| {
        let effective = Effective {
            value: Value::Str(value),
            source: Arc::clone(&source),
            problem: None,
        };
        (name, effective)
    });
    settings.collect()
}
