//! Files laid over each other: which are read, in which order, and what each option is then.

mod includes;

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::budget::Budget;
use super::dialect::Dialect;
use super::files::{Kind, ReadError, Sources, join};
use super::refusal::Refusal;
use super::text::is_word;
use super::{Entry, Tree};

/// The section whose options all others inherit.
pub(super) const DEFAULT: &str = "DEFAULT";
/// The section that names further files.
pub(super) const INCLUDES: &str = "INCLUDES";
/// Under this name a section's former values are kept, for `%(known/…)s`.
const FORMER: &str = "KNOWN/";

/// One file's word on an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// What the file says, nothing interpolated.
    pub value: String,
    /// The file, relative to the base folder where it lies below it.
    pub file: Arc<str>,
    /// The line with the option's name, from 1.
    pub line: usize,
    /// The section as the file names it, such as `sshd`, `DEFAULT` or `Init?family=inet6`.
    pub section: Arc<str>,
}

/// A file that was skipped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct Skipped {
    /// The file, relative to the base folder where it lies below it.
    pub file: String,
    /// Why.
    pub reason: SkipReason,
}

/// Why fail2ban passes over a file; it logs that and goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// It has bytes that are not UTF-8.
    #[error("line {line} is not UTF-8")]
    NotText {
        /// The first such line, from 1.
        line: usize,
    },
}

/// What one option is in all files, the last one wins.
pub(super) type Stack = Vec<Arc<Layer>>;
/// Options of a section in the order in which they first came.
pub(super) type Options = IndexMap<Arc<str>, Stack>;

/// Files read over each other.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) defaults: Options,
    pub(super) sections: IndexMap<Arc<str>, Options>,
    /// The files that were read, included ones too, each once.
    pub(super) files: Vec<Arc<str>>,
    /// A file that is there, is not only included, and was passed over.
    pub(super) missed: Option<String>,
}

impl Merged {
    /// Whether fail2ban is content with the files that were read.
    pub(super) fn is_read(&self, dialect: Dialect) -> bool {
        let is_whole = self.missed.is_none() || !dialect.wants_all_files();
        is_whole && !self.files.is_empty()
    }

    /// The names of its sections, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        let names = self.sections.keys();
        names.filter(|name| !name.starts_with(FORMER))
    }

    /// Lays a file over what is there.
    fn lay(&mut self, file: &Parsed, budget: &Budget) -> Result<(), Refusal> {
        for part in &file.parts {
            budget.spend(part.options.len())?;
            if part.is_default {
                for (key, layer) in &part.options {
                    let stack = self.defaults.entry(Arc::clone(key)).or_default();
                    stack.push(Arc::clone(layer));
                }
                continue;
            }
            self.lay_section(part);
        }
        Ok(())
    }

    fn lay_section(&mut self, part: &Part) {
        self.remember(part);
        let section = self.sections.entry(Arc::clone(&part.name)).or_default();
        for (key, layer) in &part.options {
            let stack = section.entry(Arc::clone(key)).or_default();
            stack.push(Arc::clone(layer));
        }
    }

    /// Keeps the values that a file is about to override.
    fn remember(&mut self, part: &Part) {
        let Some(section) = self.sections.get(&part.name) else {
            return;
        };
        let overridden = part.options.iter().filter_map(|(key, _)| {
            let newest = section.get(key)?.last()?;
            Some((Arc::clone(key), vec![Arc::clone(newest)]))
        });
        let overridden: Vec<_> = overridden.collect();
        let name: Arc<str> = [FORMER, &*part.name].concat().into();
        self.sections.entry(name).or_default().extend(overridden);
    }

    /// The former values of a section.
    pub(super) fn former(&self, section: &str) -> Option<&Options> {
        self.sections.get([FORMER, section].concat().as_str())
    }
}

/// One file as sections with layers.
#[derive(Debug)]
struct Parsed {
    /// As people are told it.
    name: Arc<str>,
    parts: Vec<Part>,
    tree: Arc<Tree>,
}

/// A section of one file. Options of a conditional section carry the condition in their names.
#[derive(Debug)]
struct Part {
    name: Arc<str>,
    /// A conditional `DEFAULT` is a section like any other.
    is_default: bool,
    options: Vec<(Arc<str>, Arc<Layer>)>,
}

impl Parsed {
    fn new(tree: Arc<Tree>, file: &str) -> Self {
        let file: Arc<str> = file.into();
        let parts = tree.sections().iter().map(|section| {
            let (name, condition) = without_condition(&section.name);
            let as_named: Arc<str> = section.name.as_str().into();
            let layer = |entry: &Entry| {
                let key = [entry.key.as_str(), condition].concat();
                let layer = Layer {
                    value: entry.value.clone(),
                    file: Arc::clone(&file),
                    line: entry.line,
                    section: Arc::clone(&as_named),
                };
                (key.into(), Arc::new(layer))
            };
            Part {
                is_default: section.name == DEFAULT,
                name: name.into(),
                options: section.options.iter().map(layer).collect(),
            }
        });
        Self {
            parts: parts.collect(),
            name: file,
            tree,
        }
    }
}

/// `Init?family=inet6` → `Init` and `?family=inet6`; other names have no condition.
pub(super) fn without_condition(name: &str) -> (&str, &str) {
    match name.find('?') {
        Some(at) if at > 0 && at + 1 < name.len() => {
            let (plain, condition) = name.split_at(at);
            if plain.chars().all(is_word) {
                return (plain, condition);
            }
            (name, "")
        }
        _ => (name, ""),
    }
}

/// Reads files and lays them over each other. It remembers, as fail2ban does for the time of one reading.
pub(super) struct Reader {
    sources: Arc<dyn Sources>,
    parsed: HashMap<String, Option<Arc<Parsed>>>,
    /// What a list of files leads to. The first answer stays, also where another way in would give another one in a loop.
    included: HashMap<Vec<String>, Arc<Vec<String>>>,
    merged: HashMap<String, Result<Arc<Merged>, Refusal>>,
    skipped: Vec<Skipped>,
}

impl Reader {
    pub(super) fn new(sources: Arc<dyn Sources>) -> Self {
        Self {
            sources,
            parsed: HashMap::new(),
            included: HashMap::new(),
            merged: HashMap::new(),
            skipped: Vec::new(),
        }
    }

    pub(super) fn sources(&self) -> &dyn Sources {
        &*self.sources
    }

    /// The files that were skipped so far.
    pub(super) fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// What a name such as `jail` or `filter.d/sshd` means: its `.conf`, `.d/*.conf`, `.local`, `.d/*.local`, each with its includes.
    pub(super) fn merged(&mut self, name: &str, budget: &Budget) -> Result<Arc<Merged>, Refusal> {
        if let Some(known) = self.merged.get(name) {
            return known.clone();
        }
        let merged = self.read(name, budget).map(Arc::new);
        self.merged.insert(name.to_owned(), merged.clone());
        merged
    }

    fn read(&mut self, name: &str, budget: &Budget) -> Result<Merged, Refusal> {
        let own = self.files_of(name);
        let files = self.with_includes(&own, budget)?;
        let mut merged = Merged::default();
        let missed = own.iter().find(|path| self.parsed(path).is_none());
        merged.missed = missed.map(|path| self.shown(path).to_owned());
        for path in files.iter() {
            if let Some(file) = self.parsed(path) {
                let problem = file.tree.problem();
                problem.map_or(Ok(()), |problem| Err(self.refused(path, problem)))?;
                merged.lay(&file, budget)?;
                if !merged.files.contains(&file.name) {
                    merged.files.push(Arc::clone(&file.name));
                }
            }
        }
        Ok(merged)
    }

    /// The files of a name that exist, in their order.
    pub(super) fn files_of(&self, name: &str) -> Vec<String> {
        let stem = join(self.sources.base(), name);
        let folder = format!("{stem}.d");
        let mut names = self.sources.names(&folder).unwrap_or_default();
        names.sort_unstable();
        let with_ending = |ending: &str| {
            let fit = names
                .iter()
                .filter(|n| n.ends_with(ending) && !n.starts_with('.'));
            fit.map(|name| join(&folder, name)).collect::<Vec<_>>()
        };
        let mut files = vec![format!("{stem}.conf")];
        files.extend(with_ending(".conf"));
        files.push(format!("{stem}.local"));
        files.extend(with_ending(".local"));
        files.retain(|path| self.sources.kind(path).is_some());
        files
    }

    /// A file; `None` if fail2ban passes over it.
    fn parsed(&mut self, path: &str) -> Option<Arc<Parsed>> {
        if let Some(known) = self.parsed.get(path) {
            return known.clone();
        }
        let read = self.sources.tree(path).map_err(SkipReason::from);
        let text = read.and_then(|tree| match tree.lines_that_are_no_text().first() {
            Some(line) => Err(SkipReason::NotText { line: *line }),
            None => Ok(tree),
        });
        let file = self.shown(path).to_owned();
        let parsed = match text {
            Ok(tree) => Some(Arc::new(Parsed::new(tree, &file))),
            Err(reason) => {
                // Includes name files that need not be there.
                if reason != SkipReason::Unreadable(ReadError::Missing) && !path.ends_with('/') {
                    self.skipped.push(Skipped { file, reason });
                }
                None
            }
        };
        self.parsed.insert(path.to_owned(), parsed.clone());
        parsed
    }

    /// A path as people are told it.
    fn shown<'a>(&self, path: &'a str) -> &'a str {
        let below = path.strip_prefix(self.sources.base());
        below
            .and_then(|rest| rest.strip_prefix('/'))
            .unwrap_or(path)
    }

    fn is_file(&self, path: &str) -> bool {
        self.sources.kind(path) == Some(Kind::File)
    }

    fn refused(&self, path: &str, problem: &super::Problem) -> Refusal {
        Refusal::Syntax {
            file: self.shown(path).to_owned(),
            problem: problem.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_condition;

    #[test]
    fn a_condition_begins_behind_a_word() {
        let init = ("Init", "?family=inet6");
        assert_eq!(without_condition("Init?family=inet6"), init);
        for name in ["Init", "Init?", "?x", "a-b?x"] {
            assert_eq!(without_condition(name), (name, ""));
        }
    }
}
