//! An action: what is done with an address.

use std::sync::Arc;

use super::definition::{Definition, KNOWN, Known};
use super::effective::{Effective, Settings, Type};
use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::Value;

/// The options of an action that fail2ban knows; its other ones come from `[Init]` and parameters.
pub(super) const OPTIONS: [Known; 13] = [
    ("actionstart", Type::Text),
    ("actionstart_on_demand", Type::Bool),
    ("actionstop", Type::Text),
    ("actionflush", Type::Text),
    ("actionreload", Type::Text),
    ("actioncheck", Type::Text),
    ("actionrepair", Type::Text),
    ("actionrepair_on_unban", Type::Bool),
    ("actionban", Type::Text),
    ("actionprolong", Type::Text),
    ("actionreban", Type::Text),
    ("actionunban", Type::Text),
    ("norestored", Type::Bool),
];
/// Tags that only the daemon can fill in.
const OF_THE_DAEMON: [&str; 5] = [
    "matches",
    "ipmatches",
    "ipjailmatches",
    "timeout",
    "bantime",
];

/// An action as a jail uses it, or by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionConfig {
    /// The name of its files; with `.py` at its end it is a Python module.
    pub file: String,
    /// Its name in the jail.
    pub name: String,
    /// The files that it is read from, included ones too, in the order in which they are read; the module, if it is one.
    pub files: Vec<Arc<str>>,
    /// Every property that the daemon gets, in order.
    pub properties: Settings,
    /// What it sends to the daemon.
    pub commands: Vec<Vec<Value>>,
}

impl ActionConfig {
    /// A property.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Effective> {
        self.properties.get(name)
    }

    /// Whether it is a Python module, which gets its parameters as they are.
    #[must_use]
    pub fn is_python(&self) -> bool {
        is_python(&self.file)
    }
}

pub(super) fn is_python(file: &str) -> bool {
    // fail2ban asks for these very letters.
    file.strip_suffix(".py").is_some()
}

/// Gives an action the parameters that fail2ban adds, and its name in the jail.
pub(super) fn add_names(file: &str, jail: &str, parameters: &mut Settings) -> String {
    let given = parameters.entry("name".to_owned());
    let name = given.or_insert_with(|| Effective::given(jail));
    let name = name.text().unwrap_or_default();
    let mut own = file.to_owned();
    if name != jail {
        match name.strip_prefix(jail) {
            Some(rest) => own.push_str(rest),
            None => own.extend(["-", name]),
        }
    }
    let given = parameters.entry("actname".to_owned());
    let own = given.or_insert_with(|| Effective::given(&own));
    own.text().unwrap_or_default().to_owned()
}

/// Makes the commands of an action whose options are filled in.
pub(super) fn finish(
    mut definition: Definition<'_>,
    file: String,
    name: String,
    jail: &str,
) -> Result<ActionConfig, Refusal> {
    let files = definition.files();
    let options = definition.combined(&OF_THE_DAEMON)?;
    let is_known = |name: &str| OPTIONS.iter().any(|(known, _)| *known == name);
    let mut properties = Settings::new();
    for (name, option) in options.into_iter().filter(|(name, _)| is_known(name)) {
        properties.insert(name, option);
    }
    // Parameters go to the daemon as they are, which fills in their tags itself.
    let others = definition.init.into_iter();
    properties.extend(others.filter(|(name, _)| !is_known(name) && !name.starts_with(KNOWN)));
    let words = |words: [&str; 4]| words.map(Value::str).to_vec();
    let mut add = words(["set", jail, "addaction", &name]);
    add.truncate(4);
    let mut pairs: Vec<Value> = properties
        .iter()
        .map(|(name, option)| Value::List(vec![Value::str(name), option.value.clone()]))
        .collect();
    let command = match (pairs.len(), pairs.pop()) {
        (1, Some(Value::List(pair))) => [words(["set", jail, "action", &name]), pair].concat(),
        (_, last) => {
            pairs.extend(last);
            let mut command = words(["multi-set", jail, "action", &name]);
            command.push(Value::List(pairs));
            command
        }
    };
    Ok(ActionConfig {
        file,
        name,
        files,
        properties,
        commands: vec![add, command],
    })
}

/// An action that is a Python module; the daemon finds out what is wrong with it.
pub(super) fn python(
    file: &str,
    path: &str,
    jail: &str,
    mut parameters: Parameters,
) -> ActionConfig {
    let stem = super::files::without_ending(file);
    let name = parameters
        .shift_remove("actname")
        .unwrap_or_else(|| stem.to_owned());
    let keywords = json(&parameters);
    let words = ["set", jail, "addaction", &name, path, &keywords];
    let commands = vec![words.map(Value::str).to_vec()];
    let properties = parameters.iter().map(|(name, value)| {
        let source = super::effective::Source::of(super::effective::Origin::Parameter(None));
        (name.clone(), Effective::new(Value::str(value), source))
    });
    let properties = properties.collect();
    ActionConfig {
        file: file.to_owned(),
        name,
        files: vec![format!("action.d/{file}").into()],
        properties,
        commands,
    }
}

/// As Python's `json.dumps` writes it, in ASCII.
fn json(parameters: &Parameters) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}: {}", json_text(name), json_text(value)))
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

fn json_text(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::from('"');
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(b'"') => out.push_str("\\\""),
            Ok(b'\\') => out.push_str("\\\\"),
            Ok(b'\n') => out.push_str("\\n"),
            Ok(b'\r') => out.push_str("\\r"),
            Ok(b'\t') => out.push_str("\\t"),
            Ok(0x08) => out.push_str("\\b"),
            Ok(0x0c) => out.push_str("\\f"),
            // Python leaves the delete character as it is.
            Ok(byte @ 0x20..=0x7f) => out.push(byte.into()),
            _ => {
                // Writing into a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::json_text;

    #[test]
    fn text_becomes_the_json_of_python() {
        assert_eq!(
            json_text("a\"\\\n\u{1}ä\u{1F600}\u{7f}"),
            "\"a\\\"\\\\\\n\\u0001\\u00e4\\ud83d\\ude00\u{7f}\""
        );
    }
}
