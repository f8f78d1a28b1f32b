//! One item: every option, where it comes from, what runs.
use std::collections::BTreeSet;

use domain::{
    ConfigError, ConfigItem, ConfigItemId, ConfigItemKind, ConfigOption, Finding, ItemAction,
    JailDetail, Timestamp,
};
use fail2ban::config::{
    Effective, JailConfig, Layer, Origin, Settings,
    check::{Memory, Rules, file, shown},
    files::{Sources as _, join},
    options::{self, OptionSpec, Place},
};

use super::{
    findings,
    items::{self, Entry, relative},
    reading::Reading,
    running, told,
};
use crate::snapshot::Snapshot;

/// Values that only fail2ban's own reading makes.
const FORMER: &str = "known/";
const DROP_IN: &str = "jail.d/zz-bangui.local";
const SERVER_DROP_IN: &str = "fail2ban.d/zz-bangui.local";

/// What an item is looked at with.
pub(super) struct Around<'a> {
    pub(super) reading: &'a Reading,
    pub(super) memory: &'a Memory,
    pub(super) daemon: &'a Snapshot,
    /// Files that something else than BanGUI changed.
    pub(super) edited: &'a BTreeSet<String>,
    /// What the daemon says of a running jail.
    pub(super) running: Option<&'a JailDetail>,
}

/// An item.
///
/// # Errors
/// When there is none.
pub(super) fn one(
    around: &Around<'_>,
    id: &ConfigItemId,
    as_of: Timestamp,
) -> Result<ConfigItem, ConfigError> {
    let entries = items::entries(around.reading);
    let entry = entries.iter().find(|entry| entry.id == *id);
    let entry = entry.ok_or_else(|| ConfigError::ItemNotFound(id.clone()))?;
    let name = id.name.as_str();
    let options = match id.kind {
        ConfigItemKind::Jail => around.jail_options(name),
        ConfigItemKind::Filter => around.filter_options(name),
        ConfigItemKind::Action => around.action_options(name),
        ConfigItemKind::Server => around.server_options(),
    };
    let files = around.files(entry);
    let mut findings = around.findings(entry);
    findings.extend(around.of_files(&files, id));
    findings.sort_by_key(|finding| finding.severity);
    Ok(ConfigItem {
        summary: entry.summary(around.daemon, around.edited),
        options,
        files: told::paths(files),
        actions: actions(around, entry),
        findings,
        as_of,
    })
}

/// What can be done with an item as a whole.
fn actions(around: &Around<'_>, entry: &Entry) -> Vec<ItemAction> {
    let is_own = entry.badges.contains(&domain::Badge::Own);
    let can_go = is_own && entry.used_by.is_empty();
    let jail = (entry.id.kind == ConfigItemKind::Jail).then(|| {
        let mut jails = around.reading.config.jails();
        let is_enabled = jails.any(|jail| jail.name == entry.id.name.as_str() && jail.is_enabled);
        if is_enabled {
            ItemAction::Disable
        } else {
            ItemAction::Enable
        }
    });
    let delete = can_go.then_some(ItemAction::Delete);
    jail.into_iter().chain(delete).collect()
}

impl Around<'_> {
    fn jail_options(&self, name: &str) -> Vec<ConfigOption> {
        let Some(jail) = self.reading.config.jail(name) else {
            return Vec::new();
        };
        let section = self.reading.config.section(name);
        let described = options::of(Place::Jail).map(|spec| {
            let own = jail.option(spec.name).or_else(|| section.get(spec.name));
            let is_said = own.is_some_and(|own| own.source.origin != Origin::Default);
            let filters = (!is_said)
                .then(|| jail.filter.as_ref()?.option(spec.name))
                .flatten();
            let mut option = option(spec.name, name, filters.or(own));
            option.own = own.is_some_and(|own| is_in_section(own, name));
            self.add_running(spec, &jail, &mut option);
            option
        });
        let mut all: Vec<ConfigOption> = described.collect();
        let others = section.iter().filter(|(key, value)| {
            options::find(Place::Jail, key).is_none() && is_in_section(value, name)
        });
        all.extend(others.map(|(key, value)| ConfigOption {
            own: true,
            ..option(key, name, Some(value))
        }));
        all
    }

    fn add_running(&self, spec: &OptionSpec, jail: &JailConfig, option: &mut ConfigOption) {
        let running = self
            .running
            .and_then(|detail| running::value(spec.name, detail));
        let Some(running) = running else {
            return;
        };
        option.differs = !running::is_same(spec.name, jail, option.value.as_deref(), &running);
        option.running = Some(running.shown());
    }

    fn filter_options(&self, name: &str) -> Vec<ConfigOption> {
        match self.reading.config.filter(name) {
            Ok(filter) => of_file(&[Place::Filter], &filter.options),
            Err(_) => self.raw("filter.d", name),
        }
    }

    fn action_options(&self, name: &str) -> Vec<ConfigOption> {
        match self.reading.config.action(name, name) {
            // A Python module has its parameters in its code.
            Ok(action) if action.is_python() => Vec::new(),
            Ok(action) => of_file(&[Place::Action, Place::ActionInit], &action.properties),
            Err(_) => self.raw("action.d", name),
        }
    }

    fn server_options(&self) -> Vec<ConfigOption> {
        let server = self.reading.config.server();
        let of = |spec: &OptionSpec| {
            let key = match spec.place {
                Place::ServerThread => format!("thread.{}", spec.name),
                _ => spec.name.to_owned(),
            };
            let section = spec.place.section().unwrap_or_default();
            let mut option = option(spec.name, section, server.option(&key));
            option.own = option.set_at.is_some();
            option
        };
        let places = [Place::Server, Place::ServerThread];
        places.into_iter().flat_map(options::of).map(of).collect()
    }

    /// The options as they stand in the files, where these cannot be understood by themselves.
    fn raw(&self, folder: &str, name: &str) -> Vec<ConfigOption> {
        let mut all: Vec<ConfigOption> = Vec::new();
        for file in relative(self.reading, &join(folder, name)) {
            let path = join(self.reading.files.base(), &file);
            let Ok(tree) = self.reading.files.tree(&path) else {
                continue;
            };
            for section in tree.sections() {
                for entry in &section.options {
                    let layer = Layer {
                        value: entry.value.clone(),
                        file: file.as_str().into(),
                        line: entry.line,
                        section: section.name.as_str().into(),
                    };
                    lay(&mut all, &entry.key, &layer);
                }
            }
        }
        all
    }

    /// The files that take part, in the order in which they are read, and the one that a form would make.
    fn files(&self, entry: &Entry) -> Vec<String> {
        let name = entry.id.name.as_str();
        let stem = name.strip_suffix(".py").unwrap_or(name);
        let (mut files, local) = match entry.id.kind {
            ConfigItemKind::Jail => (self.files_of_jail(entry), DROP_IN.to_owned()),
            ConfigItemKind::Server => (entry.files.clone(), SERVER_DROP_IN.to_owned()),
            ConfigItemKind::Filter => (entry.files.clone(), format!("filter.d/{stem}.local")),
            ConfigItemKind::Action if stem != name => return entry.files.clone(),
            ConfigItemKind::Action => (entry.files.clone(), format!("action.d/{stem}.local")),
        };
        if !files.contains(&local) {
            files.push(local);
        }
        files
    }

    /// Files with the jail's section, or with what all jails inherit.
    fn files_of_jail(&self, entry: &Entry) -> Vec<String> {
        let mut files = relative(self.reading, "jail");
        files.retain(|file| {
            let path = join(self.reading.files.base(), file);
            let inherits = |tree: &fail2ban::config::Tree| {
                tree.sections()
                    .iter()
                    .any(|section| section.name == "DEFAULT")
            };
            entry.files.contains(file)
                || self
                    .reading
                    .files
                    .tree(&path)
                    .is_ok_and(|tree| inherits(&tree))
        });
        files
    }

    fn findings(&self, entry: &Entry) -> Vec<Finding> {
        let rules = Rules::new(&self.reading.config, self.memory);
        let name = entry.id.name.as_str();
        let complaints = match entry.id.kind {
            ConfigItemKind::Jail => rules.jail(name),
            ConfigItemKind::Filter => rules.filter(name),
            ConfigItemKind::Action => rules.action(name),
            ConfigItemKind::Server => rules.server(),
        };
        let mut found: Vec<Finding> = complaints.into_iter().map(told::finding).collect();
        if entry.id.kind == ConfigItemKind::Jail
            && let Some(jail) = self.reading.config.jail(name)
        {
            found.extend(findings::units(&jail));
        }
        found
    }

    /// What is said of the lines of the files, as far as it concerns the item or all.
    fn of_files(&self, files: &[String], id: &ConfigItemId) -> Vec<Finding> {
        let mut found = Vec::new();
        for path in files {
            let whole = join(self.reading.files.base(), path);
            if let Ok(tree) = self.reading.files.tree(&whole) {
                let said = file(&*self.reading.files, path, &tree).into_iter();
                found.extend(said.map(told::finding));
            }
        }
        found.retain(|finding: &Finding| finding.item.as_ref().is_none_or(|item| item == id));
        found
    }
}

/// Options of a filter or an action: the described ones first, then its own.
fn of_file(places: &[Place], settings: &Settings) -> Vec<ConfigOption> {
    let described = places.iter().flat_map(|place| options::of(*place));
    let mut all: Vec<ConfigOption> = Vec::new();
    for spec in described {
        let value = settings.get(spec.name);
        let section = spec.place.section().unwrap_or_default();
        let mut option = option(spec.name, section, value);
        option.own = option.set_at.is_some();
        if all.iter().all(|known| known.name != option.name) {
            all.push(option);
        }
    }
    for (name, value) in settings {
        let is_described = places
            .iter()
            .any(|place| options::of(*place).any(|spec| spec.name == name));
        if !is_described && !name.starts_with(FORMER) {
            let mut option = option(name, "Definition", Some(value));
            option.own = option.set_at.is_some();
            all.push(option);
        }
    }
    all
}

/// An option with its value and its layers. The section is that of the line which sets it, else the given one.
fn option(name: &str, section: &str, value: Option<&Effective>) -> ConfigOption {
    let set = value.and_then(|value| match &value.source.origin {
        Origin::File(layer) => Some(layer),
        Origin::Parameter(_) | Origin::Given | Origin::Default => None,
    });
    let overrides = value.map(|value| value.source.overrides.iter().rev());
    let is_files = set.is_some_and(|layer| !is_jail_file(&layer.file));
    ConfigOption {
        name: name.to_owned(),
        section: match set {
            Some(layer) if is_files => layer.section.to_string(),
            _ => section.to_owned(),
        },
        value: value.and_then(shown),
        set_at: set.map(|layer| told::source(layer)),
        raw: set.map(|layer| layer.value.clone()),
        overrides: overrides
            .into_iter()
            .flatten()
            .map(|layer| told::layer(layer))
            .collect(),
        own: false,
        by_bangui: set.is_some_and(|layer| told::is_written_by_forms(&layer.file)),
        running: None,
        differs: false,
    }
}

/// Whether the file has sections with names of jails, or of the daemon.
fn is_jail_file(file: &str) -> bool {
    !file.starts_with("filter.d/") && !file.starts_with("action.d/")
}

fn is_in_section(value: &Effective, section: &str) -> bool {
    let layer = value.layer();
    layer.is_some_and(|layer| &*layer.section == section && is_jail_file(&layer.file))
}

/// Puts a line over what is there.
fn lay(all: &mut Vec<ConfigOption>, name: &str, layer: &Layer) {
    let section = &*layer.section;
    let known = all
        .iter_mut()
        .find(|option| option.name == name && option.section == section);
    let Some(option) = known else {
        all.push(ConfigOption {
            name: name.to_owned(),
            section: section.to_owned(),
            value: Some(layer.value.clone()),
            set_at: Some(told::source(layer)),
            raw: Some(layer.value.clone()),
            overrides: Vec::new(),
            own: true,
            by_bangui: told::is_written_by_forms(&layer.file),
            running: None,
            differs: false,
        });
        return;
    };
    let before = option.set_at.replace(told::source(layer));
    let raw = option.raw.replace(layer.value.clone());
    if let (Some(source), Some(raw)) = (before, raw) {
        option.overrides.insert(0, domain::Layer { source, raw });
    }
    option.value = Some(layer.value.clone());
    option.by_bangui = told::is_written_by_forms(&layer.file);
}
