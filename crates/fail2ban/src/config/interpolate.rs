//! `%(name)s`: options in options.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::budget::Budget;
use super::effective::{Effective, Origin, Source, Variables, add_use};
use super::layers::{DEFAULT, Layer, Merged, Options, Stack};
use super::refusal::{InterpolationError, Refusal};
use super::text::is_word;

/// How deep values may lead into each other.
const MOST_DEPTH: usize = 10;
/// What following a reference costs, in steps.
const REFERENCE: usize = 32;

/// What fail2ban adds to the files of jails while it reads them.
#[derive(Debug, Default)]
pub(super) struct Added {
    /// Options of `DEFAULT` that win over those of the files.
    pub(super) defaults: HashMap<String, Effective>,
    /// Options of sections, by the sections' names: those of the jail's filter as `known/…`.
    pub(super) sections: HashMap<String, HashMap<String, Effective>>,
}

/// A value with everything filled in.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) source: Source,
}

impl Found {
    pub(super) fn effective(self) -> Effective {
        Effective::new(crate::Value::Str(self.text), self.source)
    }
}

/// A section in which options are asked for.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    merged: &'a Merged,
    added: &'a Added,
    section: &'a str,
    variables: Option<&'a Variables>,
    budget: &'a Budget,
}

/// What stands for a name, not filled in.
#[derive(Clone, Copy)]
struct Raw<'a> {
    /// `None` if it is no text.
    text: Option<&'a str>,
    layer: Option<&'a Arc<Layer>>,
}

impl<'a> Raw<'a> {
    fn of_stack(stack: &'a Stack) -> Option<Self> {
        let layer = stack.last()?;
        Some(Self {
            text: Some(&layer.value),
            layer: Some(layer),
        })
    }

    fn of_added(held: &'a Effective) -> Self {
        Self {
            text: held.text(),
            layer: held.layer(),
        }
    }
}

/// A value on its way.
struct Filling<'a> {
    option: &'a str,
    layer: Option<&'a Arc<Layer>>,
    text: String,
    uses: Vec<Arc<Layer>>,
    /// Options of other sections that the text around names.
    named: Vec<(&'a str, Raw<'a>)>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        merged: &'a Merged,
        added: &'a Added,
        section: &'a str,
        budget: &'a Budget,
    ) -> Self {
        Self {
            merged,
            added,
            section,
            variables: None,
            budget,
        }
    }

    /// With variables that go before all options.
    pub(super) fn with(self, variables: &'a Variables) -> Self {
        Self {
            variables: Some(variables),
            ..self
        }
    }

    fn of(self, section: &'a str) -> Self {
        Self {
            section,
            variables: None,
            ..self
        }
    }

    /// Whether the section is there.
    pub(super) fn exists(self) -> bool {
        self.merged.sections.contains_key(self.section)
    }

    /// An option with everything filled in; `None` if the section or the option is not there.
    pub(super) fn get(self, option: &str) -> Result<Option<Found>, Refusal> {
        if !self.exists() && self.section != DEFAULT {
            return Ok(None);
        }
        let option = lower(option);
        let Some(raw) = self.look(&option) else {
            return Ok(None);
        };
        let mut filling = Filling {
            option: &option,
            layer: raw.layer,
            text: String::new(),
            uses: Vec::new(),
            named: Vec::new(),
        };
        let Some(text) = raw.text else {
            let reason = InterpolationError::NotText(option.clone().into_owned());
            return Err(self.failed(&filling, reason));
        };
        self.fill(&mut filling, text, 1)?;
        let Filling { text, uses, .. } = filling;
        let mut source = self.source(&option);
        source.uses = uses;
        Ok(Some(Found { text, source }))
    }

    /// Like [`Scope::get`], where a name may be one of another section, as tags may have.
    pub(super) fn get_anywhere(self, option: &str) -> Result<Option<Found>, Refusal> {
        if let Some((section, name)) = section_and_option(option) {
            let former = format!("KNOWN/{}", self.section);
            let places: &[&str] = match section.to_lowercase().as_str() {
                "known" => &[&former, self.section],
                "default" => &[DEFAULT],
                _ => &[section],
            };
            for place in places {
                let scope = Scope {
                    section: place,
                    ..self.of(self.section)
                };
                if let Some(found) = scope.get(name)? {
                    return Ok(Some(found));
                }
            }
        }
        self.get(option)
    }

    /// What stands for a name in this section.
    fn look(self, key: &str) -> Option<Raw<'a>> {
        if let Some((text, source)) = self.variables.and_then(|given| given.get(key)) {
            return Some(Raw {
                text: text.as_deref(),
                layer: source.origin.layer(),
            });
        }
        self.own(self.section, key).or_else(|| self.default(key))
    }

    /// An option of a section itself.
    fn own(self, section: &str, key: &str) -> Option<Raw<'a>> {
        let added = self.added.sections.get(section);
        if let Some(held) = added.and_then(|options| options.get(key)) {
            return Some(Raw::of_added(held));
        }
        Raw::of_stack(self.merged.sections.get(section)?.get(key)?)
    }

    fn default(self, key: &str) -> Option<Raw<'a>> {
        if let Some(held) = self.added.defaults.get(key) {
            return Some(Raw::of_added(held));
        }
        Raw::of_stack(self.merged.defaults.get(key)?)
    }

    /// Where the value of an option comes from.
    fn source(self, key: &str) -> Source {
        if let Some((_, source)) = self.variables.and_then(|given| given.get(key)) {
            return Source::clone(source);
        }
        let stack =
            |options: Option<&Options>| options.and_then(|options| options.get(key).cloned());
        let mut layers = stack(Some(&self.merged.defaults)).unwrap_or_default();
        layers.extend(stack(self.merged.sections.get(self.section)).unwrap_or_default());
        let added = self.added.sections.get(self.section);
        let held = added.and_then(|options| options.get(key));
        let origin = match held.or_else(|| self.added.defaults.get(key)) {
            Some(held) => held.source.origin.clone(),
            None => layers.pop().map_or(Origin::Default, Origin::File),
        };
        Source {
            origin,
            overrides: layers,
            uses: Vec::new(),
        }
    }

    /// Appends a text with everything filled in.
    fn fill(self, filling: &mut Filling<'a>, text: &'a str, depth: usize) -> Result<(), Refusal> {
        let mark = filling.named.len();
        self.name_others(filling, text)?;
        if depth > MOST_DEPTH {
            return Err(self.failed(filling, InterpolationError::TooDeep));
        }
        let mut rest = text;
        while let Some((before, from)) = rest.find('%').map(|at| rest.split_at(at)) {
            filling.text.push_str(before);
            rest = if let Some(after) = from.strip_prefix("%%") {
                filling.text.push('%');
                after
            } else {
                self.reference(filling, from, depth)?
            };
        }
        filling.text.push_str(rest);
        self.budget.spend(text.len())?;
        self.budget.check_length(filling.text.len())?;
        filling.named.truncate(mark);
        Ok(())
    }

    /// Fills in the reference that a text begins with, and gives what follows it.
    fn reference(
        self,
        filling: &mut Filling<'a>,
        from: &'a str,
        depth: usize,
    ) -> Result<&'a str, Refusal> {
        let Some((name, after)) = reference(from) else {
            let shown = from.chars().take(20).collect();
            return Err(self.failed(filling, InterpolationError::Sign(shown)));
        };
        let key = lower(name);
        self.budget.spend(REFERENCE + key.len())?;
        if key == "__name__" {
            filling.text.push_str(self.section);
            return Ok(after);
        }
        let named = filling.named.iter().rev().find(|(name, _)| *name == key);
        let Some(raw) = named.map(|(_, raw)| *raw).or_else(|| self.look(&key)) else {
            let reason = InterpolationError::Missing(key.into_owned());
            return Err(self.failed(filling, reason));
        };
        let Some(text) = raw.text else {
            let reason = InterpolationError::NotText(key.into_owned());
            return Err(self.failed(filling, reason));
        };
        add_use(&mut filling.uses, raw.layer);
        if text.contains('%') {
            self.fill(filling, text, depth + 1)?;
        } else {
            filling.text.push_str(text);
            self.budget.spend(text.len())?;
            self.budget.check_length(filling.text.len())?;
        }
        Ok(after)
    }

    /// Makes the options of other sections known that a text names as `%(section/option)s`.
    fn name_others(self, filling: &mut Filling<'a>, text: &'a str) -> Result<(), Refusal> {
        if !text.contains('/') {
            return Ok(());
        }
        for (name, section, option) in named(text) {
            self.budget.spend(name.len())?;
            let known = filling.named.iter().any(|(known, _)| *known == name);
            if known || self.look(name).is_some() {
                continue;
            }
            let raw = match section.to_lowercase().as_str() {
                "default" => None,
                "known" => {
                    let former = self.merged.former(self.section);
                    former.and_then(|options| Raw::of_stack(options.get(option)?))
                }
                _ if !self.merged.sections.contains_key(section) => continue,
                _ => self.own(section, option),
            };
            if let Some(raw) = raw.or_else(|| self.default(option)) {
                filling.named.push((name, raw));
            }
        }
        Ok(())
    }

    fn failed(self, filling: &Filling<'_>, reason: InterpolationError) -> Refusal {
        Refusal::Interpolation {
            option: filling.option.to_owned(),
            section: self.section.to_owned(),
            layer: filling.layer.cloned(),
            reason,
        }
    }
}

/// Names of options have no case.
fn lower(name: &str) -> Cow<'_, str> {
    if name
        .chars()
        .all(|c| c.is_ascii() && !c.is_ascii_uppercase())
    {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.to_lowercase())
    }
}

/// `%(name)s…` → the name and what follows.
fn reference(from: &str) -> Option<(&str, &str)> {
    let inside = from.strip_prefix("%(")?;
    let (name, after) = inside.split_at(inside.find(')')?);
    let after = after.strip_prefix(")s")?;
    (!name.is_empty()).then_some((name, after))
}

/// Each `%(section/option)s` of a text: all of it, the section, the option.
fn named(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let mut at = 0;
    // The next closing bracket; it stays the same for many openings.
    let mut close = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let open = at + rest.find("%(")? + 2;
            at = open;
            if close < open {
                close = open + text.get(open..)?.find(')')?;
            }
            let name = text.get(open..close)?;
            let whole = section_and_rest(name).filter(|_| {
                text.get(close + 1..)
                    .is_some_and(|after| after.starts_with('s'))
            });
            if let Some((section, option)) = whole {
                at = close + 2;
                return Some((name, section, option));
            }
        }
    })
}

/// A section's name of words and dashes, a slash, and something.
fn section_and_rest(name: &str) -> Option<(&str, &str)> {
    let (section, option) = name.split_once('/')?;
    let fits = !section.is_empty() && section.chars().all(|c| is_word(c) || c == '-');
    (fits && !option.is_empty()).then_some((section, option))
}

/// The same, where the option has neither white space nor `>`.
fn section_and_option(name: &str) -> Option<(&str, &str)> {
    let (section, option) = section_and_rest(name)?;
    let ends = option.contains(|c| super::text::is_space(c) || c == '>');
    (!ends).then_some((section, option))
}
