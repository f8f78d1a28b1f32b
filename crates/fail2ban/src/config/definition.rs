//! What filters and actions have in common: options of `[Definition]`, defaults of `[Init]`, parameters of the jail.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::budget::Budget;
use super::dialect::Dialect;
use super::effective::{Effective, Settings, Type, Variables};
use super::interpolate::{Added, Scope};
use super::layers::{Merged, without_condition};
use super::refusal::Refusal;
use super::tags;
use crate::Value;

const DEFINITION: &str = "Definition";
const INIT: &str = "Init";
/// Names of former values, and of those of the filter in a jail.
pub(super) const KNOWN: &str = "known/";

/// An option that fail2ban knows, with its type.
pub(super) type Known = (&'static str, Type);

/// The files of a filter or an action, with what a jail makes of them.
pub(super) struct Definition<'a> {
    merged: Arc<Merged>,
    known: &'static [Known],
    budget: &'a Budget,
    /// Parameters, then what `[Init]` says and they do not.
    pub(super) init: Settings,
    /// Options of `[Definition]`.
    options: Settings,
    /// Options of the jail and parameters, which win over `[Definition]`.
    variables: Variables,
    /// Tags that were asked for. The first answer stays.
    asked: HashMap<String, Option<Effective>>,
    nothing: Added,
    dialect: Dialect,
}

impl<'a> Definition<'a> {
    pub(super) fn new(
        merged: Arc<Merged>,
        known: &'static [Known],
        parameters: Settings,
        (budget, dialect): (&'a Budget, Dialect),
    ) -> Self {
        Self {
            merged,
            known,
            budget,
            init: parameters,
            options: Settings::new(),
            variables: Variables::default(),
            asked: HashMap::new(),
            nothing: Added::default(),
            dialect,
        }
    }

    /// The files that it is read from.
    pub(super) fn files(&self) -> Vec<Arc<str>> {
        self.merged.files.clone()
    }

    /// Whether `[Definition]` itself has an option.
    pub(super) fn defines(&self, option: &str) -> bool {
        let section = self.merged.sections.get(DEFINITION);
        section.is_some_and(|options| options.contains_key(option))
    }

    /// Fills in the options for a jail that has these, which are its variables too; with `all`, also those that only other options use.
    pub(super) fn load(
        &mut self,
        jail: &Settings,
        variables: &Variables,
        all: bool,
    ) -> Result<(), Refusal> {
        let variables = variables.with(&self.init);
        self.options = self.own(jail, &variables)?;
        self.variables = variables;
        let given = self.init.clone();
        self.load_init(|name| given.get(name).or_else(|| jail.get(name)))?;
        if all {
            self.load_others()?;
        }
        Ok(())
    }

    fn scope<'s>(&'s self, section: &'s str) -> Scope<'s> {
        Scope::new(&self.merged, &self.nothing, section, self.budget)
    }

    /// The options that fail2ban knows and nobody gave.
    fn own(&self, jail: &Settings, variables: &Variables) -> Result<Settings, Refusal> {
        let scope = self.scope(DEFINITION).with(variables);
        let mut options = Settings::new();
        for (name, _) in self.known {
            if jail.contains_key(*name) || self.init.contains_key(*name) {
                continue;
            }
            if !scope.exists() {
                options.insert((*name).to_owned(), Effective::default(Value::None));
            } else if let Some(found) = scope.get(name)? {
                options.insert((*name).to_owned(), found.effective());
            }
        }
        Ok(options)
    }

    /// The names of a section's own options.
    fn names(&self, section: &str) -> Vec<Arc<str>> {
        let options = self.merged.sections.get(section);
        options.map_or_else(Vec::new, |options| options.keys().cloned().collect())
    }

    /// What `[Init]` says and no parameter does; its values are also `known/…`.
    fn load_init<'g>(
        &mut self,
        given: impl Fn(&str) -> Option<&'g Effective>,
    ) -> Result<(), Refusal> {
        for name in self.names(INIT) {
            let is_former = name.starts_with(KNOWN);
            if &*name == "__name__" || (is_former && self.init.contains_key(&*name)) {
                continue;
            }
            let found = self.scope(INIT).get(&name)?;
            let Some(mut value) = found.map(super::interpolate::Found::effective) else {
                continue;
            };
            if !is_former {
                self.init.insert([KNOWN, &*name].concat(), value.clone());
            }
            let (plain, condition) = without_condition(&name);
            if self.dialect.has_conditional_parameters() && !condition.is_empty() {
                let given = given(plain).filter(|given| given.value != Value::None);
                value = given.cloned().unwrap_or(value);
            }
            self.init.entry((*name).to_owned()).or_insert(value);
        }
        Ok(())
    }

    fn load_others(&mut self) -> Result<(), Refusal> {
        for name in self.names(DEFINITION) {
            if &*name == "__name__" || self.options.contains_key(&*name) {
                continue;
            }
            if let Some(found) = self.scope(DEFINITION).get(&name)? {
                self.options.insert((*name).to_owned(), found.effective());
            }
        }
        Ok(())
    }

    /// All options with their tags filled in and of their types, but for the ignored ones.
    pub(super) fn combined(&mut self, ignored: &[&'static str]) -> Result<Settings, Refusal> {
        let mut options = self.options.clone();
        for (name, value) in &self.init {
            options.insert(name.clone(), value.clone());
        }
        let mut asked = std::mem::take(&mut self.asked);
        let conditional = options.keys().filter_map(|name| {
            let (plain, condition) = without_condition(name);
            (!condition.is_empty()).then(|| Cow::Owned(plain.to_owned()))
        });
        let ignored: HashSet<Cow<'_, str>> = conditional
            .chain(ignored.iter().map(|name| Cow::Borrowed(*name)))
            .collect();
        let answer = tags::substitute(&mut options, &ignored, self.budget, |tag| {
            if let Some(known) = asked.get(tag) {
                return Ok(known.clone());
            }
            let scope = self.scope(DEFINITION).with(&self.variables);
            let found = scope.get_anywhere(tag)?;
            let answer = found.map(super::interpolate::Found::effective);
            asked.insert(tag.to_owned(), answer.clone());
            Ok(answer)
        });
        drop(ignored);
        self.asked = asked;
        answer?;
        for (name, of) in self.known {
            if let Some(option) = options.get_mut(*name) {
                let value = std::mem::replace(option, Effective::default(Value::None));
                *option = value.converted(*of, &Value::None);
            }
        }
        Ok(options)
    }
}
