//! The list of what can be configured.
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    Badge, ConfigItemId, ConfigItemKind, ConfigItemSummary, ConfigItems, FileRole, JailName, Reason,
};
use fail2ban::config::{
    JailConfig, JailEntry,
    check::{Code, Complaint, Gravity, Rules},
    files::Sources as _,
};

use super::{reading::Reading, told};
use crate::snapshot::Snapshot;

/// An item of the list, as far as the files say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(super) id: ConfigItemId,
    pub(super) badges: Vec<Badge>,
    filter: Option<String>,
    pub(super) used_by: Vec<String>,
    problem: Option<Reason>,
    /// Files that say something about it alone, relative to the folder.
    pub(super) files: Vec<String>,
}

/// The list. `edited` are files that something else than BanGUI changed.
pub(super) fn all(
    reading: &Reading,
    daemon: &Snapshot,
    edited: &BTreeSet<String>,
    as_of: domain::Timestamp,
) -> ConfigItems {
    let entries = entries(reading);
    let mut items: Vec<ConfigItemSummary> = entries
        .iter()
        .map(|entry| entry.summary(daemon, edited))
        .collect();
    items.sort_by_cached_key(|item| {
        let is_inactive = !item.badges.contains(&Badge::Active);
        (is_inactive, item.id.name.to_string(), item.id.kind)
    });
    let files = Rules::quick(&reading.config).files();
    ConfigItems {
        items,
        findings: files.into_iter().map(told::finding).collect(),
        as_of,
    }
}

/// The items of a configuration, made once.
pub(super) fn entries(reading: &Reading) -> &[Entry] {
    reading.entries.get_or_init(|| {
        let maker = Maker::new(reading);
        let mut entries: Vec<Entry> = Vec::new();
        entries.extend(reading.config.jails().filter_map(|jail| maker.jail(jail)));
        let filters = reading.config.filters();
        entries.extend(filters.iter().filter_map(|name| maker.filter(name)));
        let actions = reading.config.actions();
        entries.extend(actions.iter().filter_map(|name| maker.action(name)));
        entries.extend(maker.server());
        entries
    })
}

impl Entry {
    pub(super) fn summary(
        &self,
        daemon: &Snapshot,
        edited: &BTreeSet<String>,
    ) -> ConfigItemSummary {
        let mut badges = self.badges.clone();
        if self.files.iter().any(|file| edited.contains(file)) {
            badges.push(Badge::EditedOutside);
        }
        let jail = || self.id.name.as_str().parse::<JailName>().ok();
        let state = (self.id.kind == ConfigItemKind::Jail)
            .then(|| Some(daemon.jail(&jail()?)?.state))
            .flatten();
        ConfigItemSummary {
            id: self.id.clone(),
            badges,
            filter: self.filter.clone(),
            used_by: self.used_by.clone(),
            state,
            problem: self.problem.clone(),
        }
    }
}

/// Who uses what.
#[derive(Default)]
struct Uses {
    /// Jails by filter or action.
    by: BTreeMap<String, BTreeSet<String>>,
    /// Those that a jail uses that is to run.
    active: BTreeSet<String>,
}

impl Uses {
    fn add(&mut self, name: &str, jail: &str, is_enabled: bool) {
        self.by
            .entry(name.to_owned())
            .or_default()
            .insert(jail.to_owned());
        if is_enabled {
            self.active.insert(name.to_owned());
        }
    }
}

struct Maker<'a> {
    reading: &'a Reading,
    rules: Rules<'a>,
    jails: BTreeMap<String, Arc<JailConfig>>,
    filters: Uses,
    actions: Uses,
}

impl<'a> Maker<'a> {
    fn new(reading: &'a Reading) -> Self {
        let config = &reading.config;
        let mut maker = Self {
            reading,
            rules: Rules::quick(config),
            jails: BTreeMap::new(),
            filters: Uses::default(),
            actions: Uses::default(),
        };
        for entry in config.jails() {
            let Some(jail) = config.jail(&entry.name) else {
                continue;
            };
            if let Some(filter) = &jail.filter {
                maker
                    .filters
                    .add(&filter.name, &entry.name, entry.is_enabled);
            }
            for action in &jail.actions {
                maker
                    .actions
                    .add(&action.file, &entry.name, entry.is_enabled);
            }
            maker.jails.insert(entry.name.clone(), jail);
        }
        maker
    }

    fn jail(&self, entry: &JailEntry) -> Option<Entry> {
        let jail = self.jails.get(&entry.name)?;
        let files: Vec<String> = entry.files.iter().map(ToString::to_string).collect();
        // A jail that is not to run may lack its log; that breaks nothing.
        let problem = if entry.is_enabled {
            worst(self.rules.jail(&entry.name))
        } else {
            let failure = jail.failure.as_ref();
            failure.map(|failure| told::reason(Code::Broken, failure.to_string()))
        };
        let id = told::id(ConfigItemKind::Jail, &entry.name)?;
        let filter = jail.filter.as_ref().map(|filter| filter.name.clone());
        let badges = badges(entry.is_enabled, &files, problem.is_some());
        Some(Entry {
            id,
            badges,
            filter,
            used_by: Vec::new(),
            problem,
            files,
        })
    }

    fn filter(&self, name: &str) -> Option<Entry> {
        let problem = worst(self.rules.filter(name));
        self.used(
            ConfigItemKind::Filter,
            ("filter.d", name),
            &self.filters,
            problem,
        )
    }

    fn action(&self, name: &str) -> Option<Entry> {
        let problem = worst(self.rules.action(name));
        self.used(
            ConfigItemKind::Action,
            ("action.d", name),
            &self.actions,
            problem,
        )
    }

    fn used(
        &self,
        kind: ConfigItemKind,
        (folder, name): (&str, &str),
        uses: &Uses,
        problem: Option<Reason>,
    ) -> Option<Entry> {
        let stem = name.strip_suffix(".py").unwrap_or(name);
        let mut files = relative(self.reading, &format!("{folder}/{stem}"));
        if stem != name {
            files = vec![format!("{folder}/{name}")];
        }
        let used_by = uses.by.get(name).into_iter().flatten().cloned().collect();
        let badges = badges(uses.active.contains(name), &files, problem.is_some());
        Some(Entry {
            id: told::id(kind, name)?,
            badges,
            filter: None,
            used_by,
            problem,
            files,
        })
    }

    fn server(&self) -> Option<Entry> {
        let files = relative(self.reading, "fail2ban");
        let problem = worst(self.rules.server());
        Some(Entry {
            id: told::id(ConfigItemKind::Server, told::SERVER)?,
            badges: badges(true, &files, problem.is_some()),
            filter: None,
            used_by: Vec::new(),
            problem,
            files,
        })
    }
}

/// The files of a filter, an action, the jails or the daemon, relative to the folder.
pub(super) fn relative(reading: &Reading, name: &str) -> Vec<String> {
    let base = format!("{}/", reading.files.base());
    let files = reading.config.files(name).into_iter();
    files
        .map(|path| path.strip_prefix(&base).map_or(path.clone(), str::to_owned))
        .collect()
}

/// The gravest complaint that keeps fail2ban from loading it.
fn worst(complaints: Vec<Complaint>) -> Option<Reason> {
    let mut errors = complaints
        .into_iter()
        .filter(|complaint| complaint.gravity == Gravity::Error);
    errors
        .next()
        .map(|complaint| told::reason(complaint.code, complaint.detail))
}

fn badges(is_active: bool, files: &[String], is_broken: bool) -> Vec<Badge> {
    let shipped = files
        .iter()
        .any(|file| told::role(file) == FileRole::Shipped);
    let local = files
        .iter()
        .any(|file| told::role(file) != FileRole::Shipped);
    let active = if is_active {
        Badge::Active
    } else {
        Badge::Inactive
    };
    let all = [
        Some(active),
        (shipped && local).then_some(Badge::Changed),
        (!shipped && local).then_some(Badge::Own),
        is_broken.then_some(Badge::Broken),
    ];
    all.into_iter().flatten().collect()
}
