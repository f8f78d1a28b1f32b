//! The ignore lists of running jails.
use std::{collections::BTreeSet, sync::Arc};

use domain::{HostActs, HostError, IgnoreEntry, JailDetail};

/// What the allowlist says, as words of `ignoreip`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// Those that are to be there.
    pub(super) wanted: BTreeSet<String>,
    /// Those that were, and are not to be any more.
    pub(super) gone: BTreeSet<String>,
}

impl Words {
    /// The words of a value, changed: those that are gone out, those that are wanted behind it. `None` where it is right as it is.
    pub(super) fn applied_to(&self, value: &str) -> Option<String> {
        let mut words: Vec<&str> = value.split([' ', ',', '\t', '\n']).collect();
        words.retain(|word| !word.is_empty());
        let before = words.len();
        words.retain(|word| !self.gone.contains(*word));
        let has_lost = words.len() != before;
        let missing: Vec<&str> = self
            .wanted
            .iter()
            .map(String::as_str)
            .filter(|word| !words.contains(word))
            .collect();
        if missing.is_empty() && !has_lost {
            return None;
        }
        words.extend(missing);
        Some(words.join(" "))
    }
}

/// Brings the ignore list of a running jail to what the allowlist says; answers how many entries were changed.
pub(super) async fn bring_up_to_date(
    acts: &Arc<dyn HostActs>,
    jail: &JailDetail,
    words: &Words,
) -> Result<u64, HostError> {
    let Some(settings) = &jail.settings else {
        return Ok(0);
    };
    let (name, has) = (&jail.summary.name, &settings.ignore_ip);
    let mut changed = 0;
    for word in words.wanted.iter().filter(|word| !has.contains(word)) {
        if let Ok(entry) = word.parse::<IgnoreEntry>() {
            acts.add_ignore(name, &entry).await?;
            changed += 1;
        }
    }
    for word in words.gone.iter().filter(|word| has.contains(word)) {
        acts.remove_ignore(name, word).await?;
        changed += 1;
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(wanted: &[&str], gone: &[&str]) -> Words {
        let set = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Words {
            wanted: set(wanted),
            gone: set(gone),
        }
    }

    #[test]
    fn words_are_added_behind_and_taken_out_and_the_others_stay() {
        let words = words(&["198.51.100.7", "office.example.org"], &["203.0.113.9"]);
        let table = [
            ("", Some("198.51.100.7 office.example.org")),
            (
                "127.0.0.1/8 ::1\n203.0.113.9, 198.51.100.7",
                Some("127.0.0.1/8 ::1 198.51.100.7 office.example.org"),
            ),
            ("office.example.org 198.51.100.7", None),
            (
                "%(other)s 198.51.100.7 office.example.org 203.0.113.9",
                Some("%(other)s 198.51.100.7 office.example.org"),
            ),
        ];
        for (value, after) in table {
            assert_eq!(words.applied_to(value).as_deref(), after, "{value}");
        }
    }
}
