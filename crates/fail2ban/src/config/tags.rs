//! `<name>`: options in options of filters and actions, as far as they are known before the daemon runs.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::budget::Budget;
use super::effective::{Effective, Settings, Source, add_use};
use super::refusal::Refusal;
use crate::Value;

/// How often one tag may be replaced in one option before it counts as leading to itself.
const MOST_REPLACEMENTS: usize = 25;

/// Fills in the tags of all options that options know, again and again until nothing changes. Tags that nobody knows stay.
///
/// `ignored` are neither filled in nor looked into; `more` is asked for tags that are no option.
pub(super) fn substitute(
    options: &mut Settings,
    ignored: &HashSet<Cow<'_, str>>,
    budget: &Budget,
    mut more: impl FnMut(&str) -> Result<Option<Effective>, Refusal>,
) -> Result<(), Refusal> {
    let is_open = |(_, (name, option)): &(usize, (&String, &Effective))| {
        let has_tag = option.text().is_some_and(|text| text.contains('<'));
        has_tag && !ignored.contains(name.as_str())
    };
    let open = options.iter().enumerate().filter(is_open);
    let mut open: Vec<usize> = open.map(|(at, _)| at).collect();
    let mut counts: HashMap<usize, HashMap<String, usize>> = HashMap::new();
    loop {
        let mut again = false;
        let mut still_open = Vec::with_capacity(open.len());
        for at in open {
            let counted = counts.remove(&at).unwrap_or_default();
            let mut pass = Pass::new(options, at, ignored, counted);
            let Some(text) = pass.run(budget, &mut more)? else {
                continue;
            };
            if pass.is_changed {
                if search(&text, 0).is_some() {
                    counts.insert(at, pass.counts);
                    again = true;
                }
                let uses = pass.uses;
                put(options, at, text.clone(), &uses);
            }
            if text.contains('<') {
                still_open.push(at);
            }
        }
        if !again {
            return Ok(());
        }
        open = still_open;
    }
}

fn put(options: &mut Settings, at: usize, text: String, uses: &[Effective]) {
    let Some((_, option)) = options.get_index_mut(at) else {
        return;
    };
    let mut source = Source::clone(&option.source);
    for used in uses {
        add_use(&mut source.uses, used.layer());
    }
    option.value = Value::Str(text);
    option.source = Arc::new(source);
}

/// One option gone through once.
struct Pass<'a> {
    options: &'a Settings,
    name: &'a str,
    ignored: &'a HashSet<Cow<'a, str>>,
    text: Option<&'a str>,
    counts: HashMap<String, usize>,
    uses: Vec<Effective>,
    is_changed: bool,
}

impl<'a> Pass<'a> {
    fn new(
        options: &'a Settings,
        at: usize,
        ignored: &'a HashSet<Cow<'a, str>>,
        counts: HashMap<String, usize>,
    ) -> Self {
        let option = options.get_index(at);
        let text = option.and_then(|(_, option)| option.text());
        Self {
            options,
            name: option.map_or("", |(name, _)| name),
            ignored,
            text,
            counts,
            uses: Vec::new(),
            is_changed: false,
        }
    }

    /// The text that the option has then.
    fn run(
        &mut self,
        budget: &Budget,
        more: &mut impl FnMut(&str) -> Result<Option<Effective>, Refusal>,
    ) -> Result<Option<String>, Refusal> {
        let Some(original) = self.text else {
            return Ok(None);
        };
        let mut text = original.to_owned();
        budget.spend(text.len())?;
        let mut found = search(&text, 0);
        while let Some(tag) = found {
            let name = text
                .get(tag.start + 1..tag.end - 1)
                .unwrap_or_default()
                .to_owned();
            budget.spend(name.len())?;
            if self.ignored.contains(name.as_str()) {
                found = search(&text, tag.end);
                continue;
            }
            let count = self.counts.get(&name).copied();
            if name == self.name || count.unwrap_or(1) > MOST_REPLACEMENTS {
                return Err(Refusal::Tags {
                    option: self.name.to_owned(),
                    found: name,
                });
            }
            let Some((replacement, used)) = self.replacement(&name, more)? else {
                found = search(&text, tag.end);
                continue;
            };
            self.uses.extend(used);
            let replaced = text.replace(text.get(tag.clone()).unwrap_or_default(), &replacement);
            budget.value(replaced.len())?;
            let start = same_place(&text, &replaced, tag.start);
            text = replaced;
            *self.counts.entry(name).or_default() += 1;
            found = search(&text, start);
        }
        self.is_changed = text != original;
        Ok(Some(text))
    }

    fn replacement(
        &self,
        name: &str,
        more: &mut impl FnMut(&str) -> Result<Option<Effective>, Refusal>,
    ) -> Result<Option<(String, Option<Effective>)>, Refusal> {
        let known = self.options.get(name);
        let used = match known.filter(|option| option.value != Value::None) {
            Some(option) => Some(option.clone()),
            None => more(name)?,
        };
        let text = used.as_ref().and_then(Effective::written);
        Ok(text.map(|text| (text, used)))
    }
}

/// The same character's place in the changed text; characters before it may have changed their length.
fn same_place(before: &str, after: &str, at: usize) -> usize {
    if before.is_ascii() && after.is_ascii() {
        return at;
    }
    let characters = before.get(..at).unwrap_or_default().chars().count();
    let place = after.char_indices().nth(characters);
    place.map_or(after.len(), |(at, _)| at)
}

/// The names of the tags in a text.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let tag = search(text, from)?;
        from = tag.end;
        text.get(tag.start + 1..tag.end - 1)
    })
}

/// The first tag from a place on: anything but spaces and angle brackets between angle brackets.
fn search(text: &str, from: usize) -> Option<Range<usize>> {
    let mut open = None;
    let from = from.min(text.len());
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match (byte, open) {
            (b'<', _) => open = Some(at),
            (b'>', Some(start)) if at > start + 1 => return Some(start..at + 1),
            (b' ' | b'>', _) => open = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::search;

    #[test]
    fn tags_are_the_innermost_brackets_without_spaces() {
        assert_eq!(search("a <b> c", 0), Some(2..5));
        assert_eq!(search("<a<b>>", 0), Some(2..5));
        assert_eq!(search("<> <a b> <>>", 0), None);
        assert_eq!(search("<b> <c>", 1), Some(4..7));
        assert_eq!(search("<b>", 9), None);
    }
}
