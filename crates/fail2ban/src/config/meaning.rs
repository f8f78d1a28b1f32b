//! The whole configuration.

mod alone;
mod reach;
mod section;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;

use super::budget::{Budget, Limits};
use super::dialect::Dialect;
use super::effective::Effective;
use super::files::{Sources, join};
use super::interpolate::Added;
use super::jail::{JailConfig, JailFailure, JailReader};
use super::layers::{INCLUDES, Merged, Reader, Skipped};
use super::refusal::{Refusal, Refused};
use super::server::{self, ServerConfig};
use crate::{Value, Version};

/// fail2ban's whole configuration, as it means it.
///
/// Jails that are to run are read at once and in order, because they may refer to each other; others when they are asked for.
pub struct Config {
    limits: Limits,
    dialect: Dialect,
    reading: Mutex<Reading>,
    merged: Arc<Merged>,
    server: ServerConfig,
    jails: IndexMap<String, JailEntry>,
    refused: Option<Refused>,
}

/// What reading needs and changes.
struct Reading {
    reader: Reader,
    added: Added,
}

/// A jail in the list of all.
#[derive(Debug, Clone, PartialEq)]
pub struct JailEntry {
    /// Its name.
    pub name: String,
    /// Whether it is to run; a jail for which that cannot be told is not.
    pub is_enabled: bool,
    /// The files that say something about it, in the order in which they are read.
    pub files: Vec<Arc<str>>,
    config: Option<Arc<JailConfig>>,
}

impl Config {
    /// Reads the configuration as a version of fail2ban does. It blocks while it reads files.
    ///
    /// It never fails: what is wrong is found in [`Config::refused`] and in the jails, and the rest can be seen.
    #[must_use]
    pub fn read(sources: Arc<dyn Sources>, version: &Version) -> Self {
        Self::read_within(sources, version, Limits::default())
    }

    /// Reads the configuration, which may cost that much.
    #[must_use]
    pub fn read_within(sources: Arc<dyn Sources>, version: &Version, limits: Limits) -> Self {
        let (budget, dialect) = (Budget::new(limits), Dialect::of(version));
        let mut first = First::default();
        let base = sources.base().to_owned();
        if sources.kind(&base).is_none() {
            first.keep::<()>(None, Err(Refusal::NoFolder(base.clone())));
        }
        let mut reader = Reader::new(sources);
        let daemon = first.keep(None, reader.merged("fail2ban", &budget));
        first.want_whole("fail2ban", daemon.as_deref(), dialect);
        let merged = first.keep(None, reader.merged("jail", &budget));
        first.want_whole("jail", merged.as_deref(), dialect);
        let (server, refusal) = server::read(&daemon.unwrap_or_default(), &budget);
        first.keep(None, refusal.map_or(Ok(()), Err));
        let mut added = Added::default();
        let given = [
            ("fail2ban_version", version.text.as_str()),
            ("fail2ban_confpath", &base),
        ];
        let given = given.map(|(name, text)| (name.to_owned(), Effective::given(text)));
        added.defaults.extend(given);
        let mut config = Self {
            limits,
            dialect,
            reading: Mutex::new(Reading { reader, added }),
            merged: merged.unwrap_or_default(),
            server,
            jails: IndexMap::new(),
            refused: None,
        };
        config.read_jails(&budget, &mut first);
        config.refused = first.0;
        config
    }

    fn read_jails(&mut self, budget: &Budget, first: &mut First) {
        let mut jails = IndexMap::new();
        let mut reading = self.reading();
        for name in self.merged.names().filter(|name| &***name != INCLUDES) {
            let mut reader = self.jail_reader(&mut reading, budget);
            let enabled = first.keep(Some(name), reader.is_enabled(name));
            let is_enabled = enabled.unwrap_or(false);
            let config = is_enabled.then(|| Arc::new(reader.read(name)));
            if let Some(JailFailure::Refused(reason)) =
                config.as_ref().and_then(|jail| jail.failure.as_ref())
            {
                first.keep::<()>(Some(name), Err(reason.clone()));
            }
            let entry = JailEntry {
                name: name.to_string(),
                is_enabled,
                files: self.files_of(name),
                config,
            };
            jails.insert(name.to_string(), entry);
        }
        drop(reading);
        self.jails = jails;
    }

    /// The files with options of a section.
    fn files_of(&self, section: &str) -> Vec<Arc<str>> {
        let options = self.merged.sections.get(section);
        let layers = options
            .into_iter()
            .flat_map(|options| options.values().flatten());
        let mut files: Vec<Arc<str>> = Vec::new();
        for layer in layers {
            if !files.contains(&layer.file) {
                files.push(Arc::clone(&layer.file));
            }
        }
        files
    }

    fn reading(&self) -> MutexGuard<'_, Reading> {
        // What it holds are finished answers, whole even if a thread died beside them.
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the files that it is read from. What is asked must not ask the configuration, which waits for the answer.
    pub(super) fn with_sources<T>(&self, ask: impl FnOnce(&dyn Sources) -> T) -> T {
        ask(self.reading().reader.sources())
    }

    fn jail_reader<'a>(&self, reading: &'a mut Reading, budget: &'a Budget) -> JailReader<'a> {
        JailReader {
            reader: &mut reading.reader,
            added: &mut reading.added,
            merged: Arc::clone(&self.merged),
            budget,
            dialect: self.dialect,
            marks: false,
        }
    }

    /// Why fail2ban refuses the configuration as a whole; the first reason that it comes to.
    #[must_use]
    pub fn refused(&self) -> Option<&Refused> {
        self.refused.as_ref()
    }

    /// Files that were passed over so far: unreadable ones, and such that are no text.
    #[must_use]
    pub fn skipped_files(&self) -> Vec<Skipped> {
        self.reading().reader.skipped().to_vec()
    }

    /// The files that all jails are read from, included ones too, in the order in which they are read.
    #[must_use]
    pub fn jail_files(&self) -> &[Arc<str>] {
        &self.merged.files
    }

    /// What the files say about the daemon itself.
    #[must_use]
    pub fn server(&self) -> &ServerConfig {
        &self.server
    }

    /// All jails in the order of the files, also those that are not to run.
    pub fn jails(&self) -> impl Iterator<Item = &JailEntry> {
        self.jails.values()
    }

    /// A jail; one that is not to run is read as if it were. `None` if no file has it.
    #[must_use]
    pub fn jail(&self, name: &str) -> Option<Arc<JailConfig>> {
        let entry = self.jails.get(name)?;
        if let Some(config) = &entry.config {
            return Some(Arc::clone(config));
        }
        let budget = Budget::new(self.limits);
        let mut reading = self.reading();
        let jail = self.jail_reader(&mut reading, &budget).read(name);
        // Jails that run never see what one adds that does not.
        reading.added.sections.remove(name);
        Some(Arc::new(jail))
    }

    /// The commands that configure and start all jails, as `fail2ban-client -d` prints them.
    pub fn stream(&self) -> Result<Vec<Vec<Value>>, Refused> {
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        let jails = || {
            self.jails
                .values()
                .filter_map(|entry| entry.config.as_ref())
        };
        let mut commands = self.server.commands.clone();
        commands.extend(jails().flat_map(|jail| jail.commands.iter().cloned()));
        commands.extend(jails().filter_map(|jail| jail.start()));
        Ok(commands)
    }

    /// The names of all filters, sorted.
    #[must_use]
    pub fn filters(&self) -> Vec<String> {
        self.names_in("filter.d", &[".conf", ".local"])
    }

    /// The names of all actions, sorted; those of Python modules end in `.py`.
    #[must_use]
    pub fn actions(&self) -> Vec<String> {
        let mut names = self.names_in("action.d", &[".conf", ".local"]);
        let modules = self.names_in("action.d", &[".py"]);
        names.extend(modules.into_iter().map(|name| name + ".py"));
        names.sort_unstable();
        names
    }

    fn names_in(&self, folder: &str, endings: &[&str]) -> Vec<String> {
        let reading = self.reading();
        let sources = reading.reader.sources();
        let names = sources.names(&join(sources.base(), folder));
        let stem = |name: String| {
            let stem = endings
                .iter()
                .find_map(|ending| name.strip_suffix(ending))?;
            (!stem.starts_with('.') && !stem.is_empty()).then(|| stem.to_owned())
        };
        let stems: BTreeSet<String> = names
            .unwrap_or_default()
            .into_iter()
            .filter_map(stem)
            .collect();
        stems.into_iter().collect()
    }

    /// The files of a filter or an action that exist, without what they include; `name` is such as `filter.d/sshd` or `jail`.
    #[must_use]
    pub fn files(&self, name: &str) -> Vec<String> {
        let reading = self.reading();
        reading.reader.files_of(name)
    }
}

/// The first refusal.
#[derive(Default)]
struct First(Option<Refused>);

impl First {
    /// From 1.1.1 on the daemon's files and those of jails must be there, and readable.
    fn want_whole(&mut self, name: &str, merged: Option<&Merged>, dialect: Dialect) {
        let Some(merged) = merged.filter(|merged| !merged.is_read(dialect)) else {
            return;
        };
        if dialect.wants_all_files() {
            let reason = match &merged.missed {
                Some(file) => Refusal::Unread(file.clone()),
                None => Refusal::NoFiles(name.to_owned()),
            };
            self.keep::<()>(None, Err(reason));
        }
    }

    fn keep<T>(&mut self, jail: Option<&Arc<str>>, answer: Result<T, Refusal>) -> Option<T> {
        match answer {
            Ok(value) => Some(value),
            Err(reason) => {
                let jail = jail.map(ToString::to_string);
                self.0.get_or_insert(Refused { jail, reason });
                None
            }
        }
    }
}
