//! Filters and actions without a jail.

use std::sync::Arc;

use super::super::action::{self, ActionConfig};
use super::super::definition::{Definition, Known};
use super::super::effective::{Effective, Origin, Settings, Source, Variables};
use super::super::filter::{self, FilterConfig};
use super::super::jail::JailFailure;
use super::super::parameters::{self, Parameters};
use super::super::refusal::JailError;
use super::{Budget, Config, join};

impl Config {
    /// A filter by itself, with parameters if the text has them: `sshd[mode=aggressive]`. Its commands are for a jail of its name.
    pub fn filter(&self, text: &str) -> Result<FilterConfig, JailFailure> {
        let parsed = parameters::parse_as(text, self.dialect.has_conditional_parameters());
        let (name, given) = parsed.map_err(|reason| JailError::FilterDefinition {
            definition: text.to_owned(),
            reason,
        })?;
        let budget = Budget::new(self.limits);
        let given = as_settings(given);
        let found = self.definition(("filter.d", name), &filter::OPTIONS, given, &budget)?;
        let mut definition = found.ok_or_else(|| JailError::Filter(name.to_owned()))?;
        filter::add_log_type(&mut definition, "auto");
        definition.load(&Settings::new(), &Variables::default(), true)?;
        let options = definition.combined(&[])?;
        let mut commands = Vec::new();
        filter::add_commands(&mut commands, &options, name, self.dialect)?;
        Ok(FilterConfig {
            name: name.to_owned(),
            files: definition.files(),
            options,
            commands,
        })
    }

    /// An action by itself, with parameters if the text has them: `iptables[port=ssh]`. Its commands are for a jail of that name.
    pub fn action(&self, text: &str, jail: &str) -> Result<ActionConfig, JailFailure> {
        let parsed = parameters::parse_as(text, self.dialect.has_conditional_parameters());
        let (file, given) = parsed.map_err(|reason| JailError::ActionDefinition {
            definition: text.to_owned(),
            reason,
        })?;
        if action::is_python(file) {
            let reading = self.reading();
            let folder = join(reading.reader.sources().base(), "action.d");
            return Ok(action::python(file, &join(&folder, file), jail, given));
        }
        let budget = Budget::new(self.limits);
        let mut given = as_settings(given);
        let name = action::add_names(file, jail, &mut given);
        let found = self.definition(("action.d", file), &action::OPTIONS, given, &budget)?;
        let mut definition = found.ok_or_else(|| JailError::Action(file.to_owned()))?;
        definition.load(&Settings::new(), &Variables::default(), false)?;
        Ok(action::finish(definition, file.to_owned(), name, jail)?)
    }

    /// The files of a filter or an action; `None` if there are none.
    fn definition<'a>(
        &self,
        (folder, name): (&str, &str),
        known: &'static [Known],
        given: Settings,
        budget: &'a Budget,
    ) -> Result<Option<Definition<'a>>, JailFailure> {
        let merged = self.reading().reader.merged(&join(folder, name), budget)?;
        let definition = merged
            .is_read(self.dialect)
            .then(|| Definition::new(merged, known, given, (budget, self.dialect)));
        Ok(definition)
    }
}

fn as_settings(parameters: Parameters) -> Settings {
    let source = Arc::new(Source::of(Origin::Parameter(None)));
    let settings = parameters.into_iter().map(|(name, value)| {
        let effective = Effective {
            value: crate::Value::Str(value),
            source: Arc::clone(&source),
            problem: None,
        };
        (name, effective)
    });
    settings.collect()
}
