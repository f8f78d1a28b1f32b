//! What this crate says in English and names by stable words, for pages that say it in another language.
use domain::ItemName;
use fail2ban::config::check::{JAIL_NAME_CHARS, RESERVED_JAIL_NAMES};
use serde::Serialize;

use crate::{configuration, finding};

/// What a page in another language needs texts for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words {
    /// The options that are described.
    pub options: Vec<OptionWords>,
    /// The codes of findings, sorted.
    pub findings: Vec<&'static str>,
    /// The limits of names that are given to new items, for pages that judge them while they are typed.
    pub names: NewNames,
}

/// What names new items cannot have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewNames {
    /// Those of jails; reserved in any case of letters.
    pub jail: NameLimits,
    /// Those of filters and actions.
    pub file: NameLimits,
}

/// The limits of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NameLimits {
    /// The most characters.
    pub most_chars: usize,
    /// Names with a meaning of their own.
    pub reserved: &'static [&'static str],
}

/// What is said of an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OptionWords {
    /// For which kind of item.
    pub item: domain::ConfigItemKind,
    /// Its name; no kind of item has it twice.
    pub name: String,
    /// What a plain number counts.
    pub unit: Option<String>,
    /// What it does.
    pub help: String,
}

/// All of it.
#[must_use]
pub fn words() -> Words {
    let options = configuration::specs().into_iter();
    Words {
        options: options
            .map(|spec| OptionWords {
                item: spec.item,
                name: spec.name,
                unit: spec.unit,
                help: spec.help,
            })
            .collect(),
        findings: finding::words(),
        names: NewNames {
            jail: NameLimits {
                most_chars: JAIL_NAME_CHARS,
                reserved: &RESERVED_JAIL_NAMES,
            },
            file: NameLimits {
                most_chars: ItemName::MAX_CHARS,
                reserved: &ItemName::RESERVED,
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::words;

    #[test]
    fn item_and_name_tell_options_apart() {
        let words = words();
        let names: HashSet<_> = words
            .options
            .iter()
            .map(|option| (option.item, &option.name))
            .collect();
        assert_eq!(names.len(), words.options.len());
        assert!(words.findings.contains(&"bad-time") && words.findings.contains(&"daemon-down"));
    }
}
