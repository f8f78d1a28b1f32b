//! `name[a=1, b="x, y"][c=2]`: the names of filters and actions with their parameters.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::text::{is_space, is_word, strip};

/// How many characters are looked at to part a list of actions; the longest stock list takes some hundred.
const MOST_LOOKED_AT: usize = 1_000_000;
/// As much of a wrong parameter is shown.
const SHOWN: usize = 25;

/// Why a text is not a name with parameters. The words are those that fail2ban puts into its commands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// No name, or brackets that are not closed.
    #[error("unexpected option syntax")]
    NoName,
    /// Something else than a comma behind a value.
    #[error("unexpected syntax at {at} after option {}: {text}", super::text::repr(.option))]
    After {
        /// The character between the brackets, from 0.
        at: usize,
        /// The parameter before.
        option: String,
        /// What stands there, as far as it is shown.
        text: String,
    },
    /// Something else than a parameter.
    #[error("expected option, wrong syntax at {at}: {text}")]
    NoParameter {
        /// The character between the brackets, from 0.
        at: usize,
        /// What stands there, as far as it is shown.
        text: String,
    },
}

/// Parameters in order; of the same name the last one counts.
pub type Parameters = IndexMap<String, String>;

/// Reads one name with its parameters as the newest version does, where they may have conditions (`a?family=inet6=1`). White space behind a name without brackets, or before them, belongs to the name.
pub fn parse(text: &str) -> Result<(&str, Parameters), ParameterError> {
    parse_as(text, true)
}

/// The same, where parameters may have conditions only if the version knows them.
pub(super) fn parse_as(
    text: &str,
    conditional: bool,
) -> Result<(&str, Parameters), ParameterError> {
    let (name, inside) = match text.split_once('[') {
        None => (text, ""),
        Some((name, rest)) => {
            let closed = rest.trim_end_matches(is_space).strip_suffix(']');
            (name, closed.ok_or(ParameterError::NoName)?)
        }
    };
    if name.is_empty() {
        return Err(ParameterError::NoName);
    }
    let within = Within {
        text: inside,
        at: 0,
        conditional,
    };
    Ok((name, within.read()?))
}

/// What stands between the first and the last bracket.
struct Within<'a> {
    text: &'a str,
    at: usize,
    conditional: bool,
}

impl Within<'_> {
    fn read(mut self) -> Result<Parameters, ParameterError> {
        let mut parameters = Parameters::new();
        while self.at < self.text.len() {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some((name, after)) = named(rest, self.conditional) else {
                let without_comma = rest.strip_prefix(',').unwrap_or(rest);
                if strip(without_comma).is_empty() {
                    break;
                }
                let (at, text) = self.shown(rest);
                return Err(ParameterError::NoParameter { at, text });
            };
            let (value, after) = value(after);
            parameters.insert(name.to_owned(), strip(value).to_owned());
            let next = match separator(after) {
                Some(next) => next,
                None if after.is_empty() || after == "\n" => after,
                None => {
                    let (at, text) = self.shown(after);
                    let option = name.to_owned();
                    return Err(ParameterError::After { at, option, text });
                }
            };
            self.at = self.text.len() - next.len();
        }
        Ok(parameters)
    }

    /// The place where a rest begins, in characters, and its beginning.
    fn shown(&self, rest: &str) -> (usize, String) {
        let before = self.text.get(..self.text.len() - rest.len());
        let at = before.unwrap_or_default().chars().count();
        (at, rest.chars().take(SHOWN).collect())
    }
}

fn is_of_name(c: char) -> bool {
    is_word(c) || c == '-' || c == '.'
}

/// White space, a name, an equals sign: the name and what follows.
fn named(text: &str, conditional: bool) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(is_space);
    let name = name_length(text)?;
    let rest = text.get(name..)?;
    let condition = if conditional { condition(rest) } else { None };
    let (name, after) = text.split_at(name + condition.unwrap_or(0));
    Some((name, after.strip_prefix('=')?))
}

/// How long the name is that something follows.
fn name_length(text: &str) -> Option<usize> {
    text.find(|c| !is_of_name(c)).filter(|length| *length > 0)
}

/// How long a condition is, such as `?family=inet6`.
fn condition(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('?')?;
    let value = inside.get(name_length(inside)?..)?.strip_prefix('=')?;
    let before = text.len() - value.len();
    Some(before + name_length(value)?)
}

/// A value, in quotes if they are closed, and what follows.
fn value(text: &str) -> (&str, &str) {
    quoted(text).unwrap_or_else(|| text.split_at(text.find([',', ']']).unwrap_or(text.len())))
}

fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text.get(1..)?.split_once(quote)
}

/// What follows a comma, or the brackets between two groups.
fn separator(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix(',') {
        return Some(after);
    }
    let after = text.strip_prefix(']')?.trim_start_matches(is_space);
    after.strip_prefix('[')
}

/// Parts a list of actions at white space outside of brackets. What is no name with parameters is parted as words.
#[must_use]
pub fn split(text: &str) -> Vec<&str> {
    split_as(text, true)
}

/// The same, where parameters may have conditions only if the version knows them.
pub(super) fn split_as(text: &str, conditional: bool) -> Vec<&str> {
    let mut items = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let begin = at + rest.len() - rest.trim_start_matches(is_space).len();
        let Some(from) = text.get(begin..).filter(|from| !from.is_empty()) else {
            break;
        };
        let end = begin + item(from, conditional).unwrap_or_else(|| word(from));
        items.extend(text.get(begin..end));
        at = end;
    }
    items
}

/// How long the word is that a text begins with.
fn word(text: &str) -> usize {
    text.find(is_space).unwrap_or(text.len())
}

/// How long the name with parameters is that a text begins with.
fn item(text: &str, conditional: bool) -> Option<usize> {
    let name = text.find(|c| c == '[' || is_space(c)).unwrap_or(text.len());
    if name == 0 {
        return None;
    }
    let open = name + spaces(text, name);
    let group = text.get(open..).and_then(|rest| rest.strip_prefix('['));
    let grouped = group.and_then(|inside| {
        let from = text.len() - inside.len();
        Group::new(text, conditional).end(from + spaces(text, from))
    });
    grouped.or_else(|| ends(text, name))
}

/// How many bytes of white space there are at a place.
fn spaces(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.len() - rest.trim_start_matches(is_space).len()
}

/// Where an item ends that is complete at a place: white space must follow, all but the last of which belongs to it, or nothing.
fn ends(text: &str, at: usize) -> Option<usize> {
    let after = at + spaces(text, at);
    if after == text.len() {
        return Some(after);
    }
    let space = text.get(at..after)?;
    Some(at + space.char_indices().next_back()?.0)
}

/// Finds the end of brackets whose values may have brackets and commas in them, by trying as a regular expression does, but no place twice.
struct Group<'a> {
    text: &'a str,
    conditional: bool,
    failed: HashSet<usize>,
    looked_at: usize,
}

/// A place where a parameter begins, and the ends of its value that are not tried yet.
struct Try {
    from: usize,
    /// Where the value begins, if it may end anywhere before `untried`.
    value: usize,
    untried: Option<usize>,
    quoted: Option<usize>,
    /// A place that was reached without a separator, to be tried next.
    unseparated: Option<usize>,
}

impl<'a> Group<'a> {
    fn new(text: &'a str, conditional: bool) -> Self {
        Self {
            text,
            conditional,
            failed: HashSet::new(),
            looked_at: 0,
        }
    }

    fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }

    /// Where the item ends whose brackets have a parameter, or their end, at a place.
    fn end(&mut self, from: usize) -> Option<usize> {
        let mut tries = vec![self.begin(from)];
        while let Some(current) = tries.last_mut() {
            self.looked_at += 1;
            if self.looked_at > MOST_LOOKED_AT {
                return None;
            }
            if let Some(next) = Self::next(self.text, current) {
                if !self.failed.contains(&next) {
                    let begun = self.begin(next);
                    tries.push(begun);
                }
                continue;
            }
            let from = current.from;
            if let Some(end) = self.closed(from) {
                return Some(end);
            }
            self.failed.insert(from);
            tries.pop();
        }
        None
    }

    fn begin(&mut self, from: usize) -> Try {
        let none = Try {
            from,
            value: from,
            untried: None,
            quoted: None,
            unseparated: None,
        };
        let rest = self.rest(from);
        // No white space stands here: it was passed before.
        let Some((_, after)) =
            named(rest, self.conditional).filter(|_| !rest.starts_with(is_space))
        else {
            return none;
        };
        let value = self.text.len() - after.len();
        let longest = value + after.find([',', ']']).unwrap_or(after.len());
        self.looked_at += longest - from;
        let quoted = quoted(after).map(|(_, rest)| self.text.len() - rest.len());
        Try {
            value,
            untried: Some(longest),
            quoted,
            ..none
        }
    }

    /// The next place to try a parameter at.
    fn next(text: &str, current: &mut Try) -> Option<usize> {
        if let Some(place) = current.unseparated.take() {
            return Some(place);
        }
        let end = current.quoted.take().or_else(|| {
            let end = current.untried?;
            let before = text.get(current.value..end).unwrap_or_default();
            let last = before.chars().next_back();
            current.untried = last.map(|c| end - c.len_utf8());
            Some(end)
        })?;
        let end = end + spaces(text, end);
        let separated = separator(text.get(end..).unwrap_or_default());
        let Some(after) = separated.map(|rest| text.len() - rest.len()) else {
            return Some(end);
        };
        current.unseparated = Some(end);
        Some(after + spaces(text, after))
    }

    /// Where the item ends if its brackets close at a place.
    fn closed(&self, at: usize) -> Option<usize> {
        self.rest(at).strip_prefix(']')?;
        ends(self.text, at + 1)
    }
}

#[cfg(test)]
mod tests;
