//! What takes effect differently, value by value: "sshd: maxretry 5 → 3".
use std::{collections::BTreeSet, path::Path, sync::Arc};

use domain::{ConfigItemId, ConfigItemKind, ConfigPath, Effect, Finding, ItemName};
use fail2ban::{
    Version,
    config::{
        Config, Reach, Settings, Tree,
        check::{self, Memory},
        files::{Disk, Overlay, Sources},
    },
};

use super::{changes::is_jail_file, check::Compared, draft::Draft, findings, told};
use crate::reload::Plan;

/// The two configurations as they mean.
pub(super) struct Meanings {
    before: Config,
    after: Config,
}

impl Meanings {
    /// Reads both. Waits for the disk.
    pub(super) fn read(dir: &Path, draft: &Draft, version: &Version) -> Self {
        let disk: Arc<dyn Sources> = Arc::new(Disk::new(&dir.to_string_lossy()));
        let mut overlay = Overlay::new(Arc::clone(&disk));
        for (path, bytes) in &draft.new {
            overlay = match bytes {
                Some(bytes) => overlay.with(path.as_str(), bytes),
                None => overlay.without(path.as_str()),
            };
        }
        Self {
            before: Config::read(disk, version),
            after: Config::read(Arc::new(overlay), version),
        }
    }

    /// What our own rules have against the new one. What they had against the old one too is no reason. Waits for the disk.
    pub(super) fn findings(&self, memory: &Memory) -> Vec<Finding> {
        let before = findings::findings(&self.before, memory);
        findings::against(&before, findings::findings(&self.after, memory))
    }

    /// What takes effect only when the daemon is started again.
    pub(super) fn restarts(&self) -> impl Iterator<Item = Finding> {
        let settings = check::restarts(self.before.server(), self.after.server());
        settings.into_iter().map(told::finding)
    }

    /// What the daemon would be sent of each; `None` where fail2ban refuses one of them.
    pub(super) fn compared(&self) -> Option<Compared> {
        Some(Compared {
            before: Plan::new(self.before.stream().ok()?),
            after: Plan::new(self.after.stream().ok()?),
        })
    }

    /// A setting of the daemon before and after, where they differ.
    pub(super) fn changed_setting(&self, name: &str) -> Option<(String, String)> {
        let shown = |config: &Config| config.server().option(name).and_then(check::shown);
        let (before, after) = (shown(&self.before)?, shown(&self.after)?);
        (before != after).then_some((before, after))
    }

    /// How far the actions of a jail reach in either. What fail2ban reads and we do not could reach anything. Waits for the disk.
    pub(super) fn reaches(&self, jail: &str) -> Vec<Reach> {
        let of = |config: &Config| match config.refused() {
            Some(_) => vec![Reach::Everything],
            None => config.reaches(jail),
        };
        [&self.before, &self.after]
            .into_iter()
            .flat_map(of)
            .collect()
    }

    /// Which of these filters a draft changes: by their own file, or by one that they include.
    pub(super) fn changed_filters(
        &self,
        draft: &Draft,
        filters: BTreeSet<ItemName>,
    ) -> BTreeSet<ItemName> {
        let own_file = |name: &ItemName| {
            let is_own = |path: &ConfigPath| {
                let file = path.as_str().strip_prefix("filter.d/");
                file.and_then(|file| file.strip_suffix(".local")) == Some(name.as_str())
            };
            draft.new.keys().any(is_own)
        };
        let differs = |name: &ItemName| {
            let mut effects = Vec::new();
            self.filter(name.as_str(), &mut effects);
            !effects.is_empty()
        };
        let mut changed = filters;
        changed.retain(|name| own_file(name) || differs(name));
        changed
    }

    /// What takes effect differently, by item and option.
    pub(super) fn effects(&self, draft: &Draft) -> Vec<Effect> {
        let mut effects = self.server();
        for jail in jails(draft, self) {
            self.jail(&jail, &mut effects);
        }
        for path in draft.new.keys() {
            self.file(path.as_str(), &mut effects);
        }
        effects.sort_by(|one, other| (&one.item, &one.option).cmp(&(&other.item, &other.option)));
        effects.dedup();
        effects
    }
}

/// The jails that can differ: those that run in either, and those of which a changed file speaks.
fn jails(draft: &Draft, meanings: &Meanings) -> BTreeSet<String> {
    let enabled = [&meanings.before, &meanings.after]
        .into_iter()
        .flat_map(Config::jails)
        .filter(|jail| jail.is_enabled)
        .map(|jail| jail.name.clone());
    let mut names: BTreeSet<String> = enabled.collect();
    for (path, new) in draft.new.iter().filter(|(path, _)| is_jail_file(path)) {
        let old = draft.files.get(path).map_or(&[][..], |file| &file.bytes);
        for bytes in [old, new.as_deref().unwrap_or_default()] {
            let tree = Tree::parse(bytes);
            let sections = tree.sections().iter().map(|section| section.name.clone());
            names.extend(sections.filter(|name| name != "DEFAULT" && name != "INCLUDES"));
        }
    }
    names
}

impl Meanings {
    fn server(&self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(item) = told::id(ConfigItemKind::Server, "fail2ban") {
            let (before, after) = (self.before.server(), self.after.server());
            differences(
                &item,
                Some(&before.options),
                Some(&after.options),
                &mut effects,
            );
        }
        effects
    }

    fn jail(&self, name: &str, effects: &mut Vec<Effect>) {
        let Some(item) = told::id(ConfigItemKind::Jail, name) else {
            return;
        };
        let (before, after) = (self.before.jail(name), self.after.jail(name));
        let options = |jail: Option<&Arc<fail2ban::config::JailConfig>>| {
            jail.map(|jail| jail.options.clone())
        };
        differences(
            &item,
            options(before.as_ref()).as_ref(),
            options(after.as_ref()).as_ref(),
            effects,
        );
    }

    /// What a changed file of a filter or an action makes different in it.
    fn file(&self, path: &str, effects: &mut Vec<Effect>) {
        let Some((folder, file)) = path.split_once('/') else {
            return;
        };
        let Some(name) = file.strip_suffix(".local") else {
            return;
        };
        match folder {
            "filter.d" => self.filter(name, effects),
            "action.d" => self.action(name, effects),
            _ => {}
        }
    }

    fn filter(&self, name: &str, effects: &mut Vec<Effect>) {
        let options = |config: &Config| config.filter(name).ok().map(|filter| filter.options);
        self.item(ConfigItemKind::Filter, name, options, effects);
    }

    fn action(&self, name: &str, effects: &mut Vec<Effect>) {
        let properties = |config: &Config| {
            let action = config.action(name, name).ok();
            action.map(|action| action.properties)
        };
        self.item(ConfigItemKind::Action, name, properties, effects);
    }

    fn item(
        &self,
        kind: ConfigItemKind,
        name: &str,
        options: impl Fn(&Config) -> Option<Settings>,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(item) = told::id(kind, name) {
            let (before, after) = (options(&self.before), options(&self.after));
            differences(&item, before.as_ref(), after.as_ref(), effects);
        }
    }
}

fn differences(
    item: &ConfigItemId,
    before: Option<&Settings>,
    after: Option<&Settings>,
    effects: &mut Vec<Effect>,
) {
    let value = |of: Option<&Settings>, option: &str| check::shown(of?.get(option)?);
    let names: BTreeSet<&String> = [before, after]
        .into_iter()
        .flatten()
        .flat_map(Settings::keys)
        .collect();
    for option in names {
        let (before, after) = (value(before, option), value(after, option));
        if before != after {
            effects.push(Effect {
                item: item.clone(),
                option: option.clone(),
                before,
                after,
            });
        }
    }
}
