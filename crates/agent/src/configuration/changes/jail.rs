//! Changes of options, and of jails as a whole: all of them in BanGUI's drop-ins.
use std::collections::{BTreeMap, BTreeSet};

use domain::{ConfigError, ConfigItemId, ConfigItemKind, ConfigPath, ItemName, OptionName};
use fail2ban::config::{Tree, check};

use super::{Done, Draft, JAILS, Refusal, SERVER, bad, has_section, path, put, take, value};

const DEFAULT: &str = "DEFAULT";
const DEFINITION: &str = "Definition";
const ENABLED: &str = "enabled";

impl Draft<'_> {
    pub(super) fn set(
        &mut self,
        item: &ConfigItemId,
        section: Option<&str>,
        option: &OptionName,
        value: &str,
    ) -> Done {
        let value = value::literal(item.kind, option, value)?;
        let (path, section) = self.place(item, section)?;
        self.edit(&path, |tree| put(tree, &section, option.as_str(), &value))
    }

    pub(super) fn reset(
        &mut self,
        item: &ConfigItemId,
        section: Option<&str>,
        option: &OptionName,
    ) -> Done {
        let (path, section) = self.place(item, section)?;
        if self.bytes(&path).is_none() {
            return Ok(());
        }
        self.edit(&path, |tree| take(tree, &section, option.as_str()))
    }

    pub(super) fn set_default(&mut self, option: &OptionName, value: Option<&str>) -> Done {
        let path = path(JAILS)?;
        let Some(value) = value else {
            if self.bytes(&path).is_none() {
                return Ok(());
            }
            return self.edit(&path, |tree| take(tree, DEFAULT, option.as_str()));
        };
        let value = value::literal(ConfigItemKind::Jail, option, value)?;
        self.edit(&path, |tree| put(tree, DEFAULT, option.as_str(), &value))
    }

    pub(super) fn enable(
        &mut self,
        jail: &ItemName,
        overrides: &BTreeMap<OptionName, String>,
    ) -> Done {
        self.jail_exists(jail)?;
        self.jail_options(jail, Some("true"), overrides)
    }

    pub(super) fn disable(&mut self, jail: &ItemName) -> Done {
        self.jail_exists(jail)?;
        self.jail_options(jail, Some("false"), &BTreeMap::new())
    }

    pub(super) fn create_jail(
        &mut self,
        jail: &ItemName,
        options: &BTreeMap<OptionName, String>,
    ) -> Done {
        let existing = self.jails();
        let existing = existing.iter().map(String::as_str);
        if let Some(fault) = check::new_jail_name(jail.as_str(), existing) {
            return bad(format!("{fault}: choose another name"));
        }
        self.jail_options(jail, None, options)
    }

    /// Deletes a jail of one's own. One that other files have too would only come back as they have it.
    pub(super) fn delete_jail(&mut self, jail: &ItemName) -> Done {
        let own = path(JAILS)?;
        let files = self.files_with(jail);
        if files.is_empty() {
            return Err(not_found(jail));
        }
        if let Some(other) = files.iter().find(|file| **file != own) {
            let what = if other.is_local() {
                format!("{other} has it too: remove it there")
            } else {
                format!("it is shipped, in {other}: disable it")
            };
            return bad(format!("the jail {jail} cannot be deleted: {what}"));
        }
        self.edit(&own, |tree| tree.remove_section(jail.as_str()))
    }

    fn jail_options(
        &mut self,
        jail: &ItemName,
        enabled: Option<&str>,
        options: &BTreeMap<OptionName, String>,
    ) -> Done {
        let mut wanted = Vec::new();
        for (option, value) in options {
            if enabled.is_some() && option.as_str() == ENABLED {
                return bad(
                    "whether the jail is enabled is what the change says: leave it out of the overrides",
                );
            }
            let value = value::literal(ConfigItemKind::Jail, option, value)?;
            wanted.push((option.as_str(), value));
        }
        let section = jail.as_str();
        self.edit(&path(JAILS)?, |tree| {
            if !has_section(tree, section) {
                tree.insert_section(section)?;
            }
            if let Some(enabled) = enabled {
                put(tree, section, ENABLED, enabled)?;
            }
            for (option, value) in &wanted {
                put(tree, section, option, value)?;
            }
            Ok(())
        })
    }

    /// The file and the section in which an item's options are set.
    fn place(
        &self,
        item: &ConfigItemId,
        section: Option<&str>,
    ) -> Result<(ConfigPath, String), Refusal> {
        let name = item.name.as_str();
        match item.kind {
            ConfigItemKind::Jail => {
                if section.is_some_and(|section| section != name) {
                    return bad("a jail has one section, which has its name");
                }
                self.jail_exists(&item.name)?;
                Ok((path(JAILS)?, name.to_owned()))
            }
            ConfigItemKind::Server => Ok((path(SERVER)?, usual(section)?)),
            ConfigItemKind::Filter | ConfigItemKind::Action => {
                if !self.file_exists(item) {
                    return Err(ConfigError::ItemNotFound(item.clone()).into());
                }
                Ok((local_of(item)?, usual(section)?))
            }
        }
    }

    fn jail_exists(&self, jail: &ItemName) -> Done {
        if self.files_with(jail).is_empty() {
            return Err(not_found(jail));
        }
        Ok(())
    }

    /// The names of all jails that there are by now.
    fn jails(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for path in self.paths().filter(|path| is_jail_file(path)) {
            let tree = Tree::parse(self.bytes(path).unwrap_or_default());
            names.extend(tree.sections().iter().map(|section| section.name.clone()));
        }
        names
    }

    /// The files that have a section of the jail's name.
    fn files_with(&self, jail: &ItemName) -> BTreeSet<ConfigPath> {
        let paths = self.paths().filter(|path| is_jail_file(path));
        let has = |path: &&ConfigPath| {
            let bytes = self.bytes(path).unwrap_or_default();
            // A quick look first: with hundreds of files most have another jail.
            let name = jail.as_str().as_bytes();
            bytes.windows(name.len()).any(|part| part == name)
                && has_section(&Tree::parse(bytes), jail.as_str())
        };
        paths.filter(has).cloned().collect()
    }
}

/// Whether fail2ban reads jails from it.
pub(in crate::configuration) fn is_jail_file(path: &ConfigPath) -> bool {
    let path = path.as_str();
    // The shipped `paths-*.conf` are included by it; they have no jails.
    path.starts_with("jail.d/") || path == "jail.conf" || path == "jail.local"
}

/// Where BanGUI writes the options of a filter or an action.
pub(super) fn local_of(item: &ConfigItemId) -> Result<ConfigPath, Refusal> {
    match item.kind {
        ConfigItemKind::Filter => path(&format!("filter.d/{}.local", item.name)),
        ConfigItemKind::Action => path(&format!("action.d/{}.local", item.name)),
        ConfigItemKind::Jail | ConfigItemKind::Server => bad("it has no file of its own"),
    }
}

fn usual(section: Option<&str>) -> Result<String, Refusal> {
    match section {
        None => Ok(DEFINITION.to_owned()),
        Some(name) if name.is_empty() || name.contains(['[', ']', '\n']) || name == "INCLUDES" => {
            bad("a section of this name cannot be set here: edit the file as text")
        }
        Some(name) => Ok(name.to_owned()),
    }
}

fn not_found(jail: &ItemName) -> Refusal {
    Refusal::Other(ConfigError::ItemNotFound(ConfigItemId {
        kind: ConfigItemKind::Jail,
        name: jail.clone(),
    }))
}
