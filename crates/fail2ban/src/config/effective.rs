//! A value as it is in the end, and where it comes from.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::layers::Layer;
use super::text;
use crate::Value;

/// Options by name, in the order in which fail2ban goes through them.
pub type Settings = IndexMap<String, Effective>;

/// What an option is in the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// With everything filled in, and of the type that fail2ban gives it. [`Value::None`] is an option without a value, also after
    /// a value that is not of its type.
    pub value: Value,
    /// Where it comes from.
    pub source: Arc<Source>,
    /// What is wrong with it; fail2ban goes on without the value, or refuses all.
    pub problem: Option<ValueProblem>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Who has the last word.
    pub origin: Origin,
    /// What it overrides, the newest last; those of `DEFAULT` come before those of the section.
    pub overrides: Vec<Arc<Layer>>,
    /// What else went into it, by `%(…)s` or `<…>`.
    pub uses: Vec<Arc<Layer>>,
}

/// Who has the last word on a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A line of a file.
    File(Arc<Layer>),
    /// A parameter in the brackets behind the name of a filter or an action; the line names that.
    Parameter(Option<Arc<Layer>>),
    /// fail2ban gives it by itself, such as `name` to an action and `logtype` to a filter.
    Given,
    /// Nobody: it is what fail2ban takes where nothing is said.
    Default,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueProblem {
    /// It is no integer; fail2ban logs that and goes on without the value.
    #[error("{0} is not an integer")]
    NotAnInteger(String),
    /// It cannot be filled in; fail2ban refuses the whole configuration.
    #[error("it cannot be filled in")]
    NotFilledIn,
}

impl Effective {
    pub(super) fn new(value: Value, source: Source) -> Self {
        Self {
            value,
            source: Arc::new(source),
            problem: None,
        }
    }

    pub(super) fn given(text: &str) -> Self {
        Self::new(Value::str(text), Source::of(Origin::Given))
    }

    pub(super) fn default(value: Value) -> Self {
        Self::new(value, Source::of(Origin::Default))
    }

    /// The line that has the last word, if it is one of a file.
    #[must_use]
    pub fn layer(&self) -> Option<&Arc<Layer>> {
        self.source.origin.layer()
    }

    /// Whether the value is the one of `DEFAULT`, or of nobody at all: resetting it changes nothing.
    #[must_use]
    pub fn is_inherited(&self) -> bool {
        match &self.source.origin {
            Origin::File(layer) => &*layer.section == super::layers::DEFAULT,
            Origin::Default => true,
            Origin::Parameter(_) | Origin::Given => false,
        }
    }

    /// The value as text, if it is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.value.as_str()
    }

    /// As Python writes it into text; `None` stays what it is.
    pub(super) fn written(&self) -> Option<String> {
        written(&self.value)
    }

    /// With the value read as the type of its option.
    pub(super) fn converted(mut self, of: Type, otherwise: &Value) -> Self {
        let Some(text) = self.written() else {
            return self;
        };
        match of {
            Type::Text => {}
            Type::Bool => {
                if !matches!(self.value, Value::Bool(_)) {
                    self.value = Value::Bool(text::truth(&text));
                }
            }
            Type::Int => {
                let number = integer(&text);
                if number.is_none() {
                    self.problem = Some(ValueProblem::NotAnInteger(text));
                }
                self.value = number.unwrap_or_else(|| otherwise.clone());
            }
        }
        self
    }
}

impl Source {
    pub(super) fn of(origin: Origin) -> Self {
        Self {
            origin,
            overrides: Vec::new(),
            uses: Vec::new(),
        }
    }
}

impl Origin {
    /// The line of a file that it is, or that names it.
    #[must_use]
    pub fn layer(&self) -> Option<&Arc<Layer>> {
        match self {
            Self::File(layer) => Some(layer),
            Self::Parameter(layer) => layer.as_ref(),
            Self::Given | Self::Default => None,
        }
    }
}

/// The types that fail2ban's reader knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Bool,
    Int,
}

/// A variable's text, `None` if it has one that is no text, and where it comes from.
type Variable = (Option<String>, Arc<Source>);

/// Variables that go before all options when a value is filled in.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables {
    own: HashMap<String, Variable>,
    /// Those of the jail, which its filter and its actions share.
    jail: Arc<HashMap<String, Variable>>,
}

impl Variables {
    /// All options of a jail.
    pub(super) fn of_jail(options: &Settings) -> Self {
        Self {
            own: HashMap::new(),
            jail: Arc::new(by_small_name(options)),
        }
    }

    /// With parameters, which go before the jail's.
    pub(super) fn with(&self, parameters: &Settings) -> Self {
        Self {
            own: by_small_name(parameters),
            jail: Arc::clone(&self.jail),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Variable> {
        self.own.get(name).or_else(|| self.jail.get(name))
    }
}

/// Of names that differ in case only, the last one counts.
fn by_small_name(options: &Settings) -> HashMap<String, Variable> {
    let variables = options.iter().map(|(name, option)| {
        let variable = (option.written(), Arc::clone(&option.source));
        (name.to_lowercase(), variable)
    });
    variables.collect()
}

/// As Python's `str()` writes a value.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.clone()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Int(number) => Some(number.to_string()),
        Value::BigInt(digits) => Some(digits.clone()),
        _ => None,
    }
}

fn integer(text: &str) -> Option<Value> {
    let digits = text::integer(text)?;
    Some(match digits.parse() {
        Ok(number) => Value::Int(number),
        Err(_) => Value::BigInt(digits),
    })
}

/// Adds a layer unless it is there.
pub(super) fn add_use(uses: &mut Vec<Arc<Layer>>, layer: Option<&Arc<Layer>>) {
    if let Some(layer) = layer
        && !uses.iter().any(|known| Arc::ptr_eq(known, layer))
    {
        uses.push(Arc::clone(layer));
    }
}
