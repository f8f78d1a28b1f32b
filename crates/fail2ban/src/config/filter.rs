//! A filter: what a jail looks for.

use std::sync::Arc;

use indexmap::IndexMap;

use super::definition::{Definition, KNOWN, Known};
use super::dialect::Dialect;
use super::effective::{Effective, Settings, Type};
use super::refusal::Refusal;
use super::words::shell_words;
use crate::Value;

/// The options that a filter sends to the daemon.
pub(super) const OPTIONS: [Known; 7] = [
    ("usedns", Type::Text),
    ("prefregex", Type::Text),
    ("ignoreregex", Type::Text),
    ("failregex", Type::Text),
    ("maxlines", Type::Int),
    ("datepattern", Type::Text),
    ("journalmatch", Type::Text),
];

/// A filter as a jail uses it, or by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterConfig {
    /// Its name, which is that of its files.
    pub name: String,
    /// The files that it is read from, included ones too, in the order in which they are read.
    pub files: Vec<Arc<str>>,
    /// All its options with tags filled in, also those that only other options use, and the parameters.
    pub options: Settings,
    /// What it sends to the daemon; a jail may override it.
    pub commands: Vec<Vec<Value>>,
}

impl FilterConfig {
    /// An option.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&Effective> {
        self.options.get(name)
    }

    /// The expressions that find failures, one each.
    #[must_use]
    pub fn failregex(&self) -> Vec<&str> {
        self.lines("failregex")
    }

    /// The expressions that take failures back, one each.
    #[must_use]
    pub fn ignoreregex(&self) -> Vec<&str> {
        self.lines("ignoreregex")
    }

    fn lines(&self, option: &str) -> Vec<&str> {
        let text = self.option(option).and_then(Effective::text);
        lines(text.unwrap_or_default()).collect()
    }
}

/// The lines of an option that say something.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').filter(|line| !line.is_empty())
}

/// The kind of log, for filters that have patterns for each.
pub(super) fn add_log_type(definition: &mut Definition<'_>, backend: &str) {
    let is_given = |value: &Effective| value.text() != Some("");
    if definition.init.get("logtype").is_some_and(is_given) || definition.defines("logtype") {
        return;
    }
    let kind = if backend.starts_with("systemd") {
        "journal"
    } else {
        "file"
    };
    let kind = Effective::given(kind);
    definition.init.insert("logtype".to_owned(), kind);
}

/// What a jail calls its filter's options.
pub(super) fn as_known(options: &Settings) -> impl Iterator<Item = (String, Effective)> {
    let own = options
        .iter()
        .filter(|(name, _)| !name.starts_with(KNOWN) && *name != "__name__");
    own.map(|(name, value)| ([KNOWN, name].concat(), value.clone()))
}

/// Adds the commands for options of a filter, in the order that fail2ban gives them.
pub(super) fn add_commands(
    commands: &mut Vec<Vec<Value>>,
    options: &Settings,
    jail: &str,
    dialect: Dialect,
) -> Result<(), Refusal> {
    let set = |name: &str, value: Value| {
        vec![Value::str("set"), Value::str(jail), Value::str(name), value]
    };
    let mut first = 0;
    for (name, option) in options {
        let value = &option.value;
        match (name.as_str(), option.text()) {
            _ if *value == Value::None => {}
            ("failregex" | "ignoreregex", Some(text)) => {
                let command = format!("add{name}");
                let mut regexes: Vec<Value> = lines(text).map(Value::str).collect();
                if regexes.len() > 1 {
                    let mut multi = set(&command, Value::List(regexes));
                    multi.splice(..1, [Value::str("multi-set")]);
                    commands.push(multi);
                } else if let Some(regex) = regexes.pop() {
                    commands.push(set(&command, regex));
                }
            }
            ("usedns" | "maxlines" | "prefregex", _) => {
                let at = if name == "usedns" { 0 } else { first };
                commands.insert(at.min(commands.len()), set(name, value.clone()));
                first += 1;
            }
            ("datepattern", _) => commands.push(set(name, value.clone())),
            // fail2ban asked whether the name is in the text "datepattern", so that any part of it was sent.
            (part, _) if dialect.sends_parts_of_datepattern() && "datepattern".contains(part) => {
                commands.push(set(part, value.clone()));
            }
            ("journalmatch", Some(text)) => {
                for line in lines(text) {
                    let words = shell_words(line);
                    let words = words.ok_or_else(|| Refusal::Quotation(line.to_owned()))?;
                    let mut command = set("addjournalmatch", Value::None);
                    command.splice(3.., words.into_iter().map(Value::Str));
                    commands.push(command);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// What the daemon gets in the end, over what other options need.
pub(super) fn all_options(first: Settings, last: Settings) -> Settings {
    let mut all: IndexMap<_, _> = first;
    all.extend(last);
    all
}
