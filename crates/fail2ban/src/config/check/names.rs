//! Which names in a file mean something.

use std::collections::HashSet;

use crate::config::options::{self, OptionSpec, Place};

/// The names that values refer to: `%(x)s`, `%(known/x)s`, `<x>`, and those put together, such as `<re-<mode>>`.
#[derive(Debug, Clone, Default)]
pub struct References {
    names: HashSet<String>,
    /// What stands before and behind a name within a name.
    around: HashSet<(String, String)>,
}

impl References {
    /// Whether a value refers to it.
    #[must_use]
    pub fn contain(&self, name: &str) -> bool {
        let name = name.split_once('?').map_or(name, |(name, _)| name);
        let composed = |(before, behind): &(String, String)| {
            name.len() > before.len() + behind.len()
                && name.starts_with(before.as_str())
                && name.ends_with(behind.as_str())
        };
        self.names.contains(name) || self.around.iter().any(composed)
    }

    /// Adds those of a value, as it stands in the file.
    pub fn add(&mut self, value: &str) {
        self.add_interpolations(value);
        self.add_tags(value);
    }

    fn add_interpolations(&mut self, value: &str) {
        for rest in value.split("%(").skip(1) {
            let Some((name, _)) = rest.split_once(")s") else {
                continue;
            };
            let name = name.rsplit('/').next().unwrap_or(name);
            self.names.insert(name.to_lowercase());
        }
    }

    fn add_tags(&mut self, value: &str) {
        for (at, _) in value.match_indices('<') {
            let rest = value.get(at + 1..).unwrap_or_default();
            let before = leading_name(rest);
            let next = rest.get(before.len()..).unwrap_or_default();
            if next.starts_with('>') {
                let name = before.strip_prefix("known/").unwrap_or(before);
                self.names.insert(name.to_lowercase());
            } else if let Some(inner) = next.strip_prefix('<') {
                let name = leading_name(inner);
                let behind = inner.get(name.len()..).unwrap_or_default();
                let behind = behind.strip_prefix('>').map(leading_name);
                if let Some(behind) = behind.filter(|behind| before.len() + behind.len() > 0) {
                    self.around
                        .insert((before.to_lowercase(), behind.to_lowercase()));
                }
            }
        }
    }
}

impl<'a> Extend<&'a str> for References {
    fn extend<T: IntoIterator<Item = &'a str>>(&mut self, values: T) {
        for value in values {
            self.add(value);
        }
    }
}

impl<'a> FromIterator<&'a str> for References {
    fn from_iter<T: IntoIterator<Item = &'a str>>(values: T) -> Self {
        let mut all = Self::default();
        all.extend(values);
        all
    }
}

fn leading_name(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.' | '/'))
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The option that a name means, or that it was probably meant to be.
#[must_use]
pub fn similar(place: Place, name: &str) -> Option<&'static OptionSpec> {
    let name = name.to_lowercase();
    nearest(&name, options::of(place).map(|spec| spec.name))
        .and_then(|near| options::find(place, near))
}

/// The word that differs least from another, if so little that it can be a slip of the hand.
#[must_use]
pub fn nearest<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// One slip for each so many letters.
    const LETTERS_A_SLIP: usize = 4;
    /// More than this is another word.
    const MOST_SLIPS: usize = 3;
    let letters = word.chars().count();
    let most = (letters.div_ceil(LETTERS_A_SLIP)).min(MOST_SLIPS);
    let by_distance = among.into_iter().filter_map(|known| {
        let apart = known.chars().count().abs_diff(letters);
        (apart <= most).then(|| (distance(word, known), known))
    });
    let (slips, known) = by_distance.min_by_key(|(slips, _)| *slips)?;
    (slips <= most && slips > 0).then_some(known)
}

/// How many letters must be put in, taken out, replaced, or swapped with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    /// Longer words are not options.
    const MOST_LETTERS: usize = 100;
    let one: Vec<char> = one.chars().take(MOST_LETTERS).collect();
    let other: Vec<char> = other.chars().take(MOST_LETTERS).collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut this = vec![row + 1];
        for (column, wanted) in other.iter().enumerate() {
            let at =
                |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&last, column) + usize::from(letter != wanted);
            let put_in_or_out = at(&last, column + 1).min(at(&this, column)) + 1;
            let swapped = (row > 0
                && column > 0
                && one.get(row - 1) == Some(wanted)
                && other.get(column - 1) == Some(letter))
            .then(|| at(&before_last, column - 1) + 1);
            this.push(
                replaced
                    .min(put_in_or_out)
                    .min(swapped.unwrap_or(usize::MAX)),
            );
        }
        before_last = std::mem::replace(&mut last, this);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_values_refer_to_are_found_whatever_the_way() {
        let references: References = [
            "%(__prefix_line)s x %(known/failregex)s %(my-settings/agents)s",
            "<mdre-<mode>> <_ipt_for_proto-<type>-iter> <known/chain> <HOST>",
            "a < b <<matches>>",
        ]
        .into_iter()
        .collect();
        for name in [
            "__prefix_line",
            "failregex",
            "agents",
            "mode",
            "mdre-normal",
            "_ipt_for_proto-multiport-iter",
            "chain",
            "chain?family=inet6",
            "matches",
        ] {
            assert!(references.contain(name), "{name}");
        }
        for name in ["prefix", "mdre-", "_ipt_for_proto-multiport", "b"] {
            assert!(!references.contain(name), "{name}");
        }
    }

    #[test]
    fn slips_of_the_hand_are_understood_and_other_words_are_not() {
        for (typed, meant) in [
            ("maxretries", "maxretry"),
            ("max_retry", "maxretry"),
            ("bantme", "bantime"),
            ("findtiem", "findtime"),
            ("ignoreips", "ignoreip"),
            ("logfile", "logpath"),
            ("enable", "enabled"),
            ("banaction_all_ports", "banaction_allports"),
        ] {
            let found = similar(Place::Jail, typed).map(|spec| spec.name);
            if typed == "logfile" {
                assert_eq!(found, None);
            } else {
                assert_eq!(found, Some(meant), "{typed}");
            }
        }
        assert_eq!(similar(Place::Jail, "knocking_url"), None);
        assert_eq!(similar(Place::Jail, ""), None);
    }

    #[test]
    fn distance_counts_a_swap_once() {
        assert_eq!(distance("bantime", "bantime"), 0);
        assert_eq!(distance("bnatime", "bantime"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
