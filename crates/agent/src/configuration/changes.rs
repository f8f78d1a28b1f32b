//! From changes to the exact new bytes of files. Touches nothing.
mod jail;
mod value;
mod whole;

use std::collections::BTreeMap;

use domain::{ConfigChange, ConfigError, ConfigItemKind, ConfigPath, VersionId};
use fail2ban::config::{EditError, Tree};

use super::folder::Files;

pub(super) use jail::is_jail_file;

/// BanGUI's drop-in of all jails. fail2ban reads it last, unless somebody's name sorts behind it.
const JAILS: &str = "jail.d/zz-bangui.local";
/// BanGUI's drop-in of the daemon's settings.
const SERVER: &str = "fail2ban.d/zz-bangui.local";

/// How a file begins that BanGUI makes.
const HEADER: &str = "# BanGUI makes this file. It overrides what other files of this folder say.\n\
                      # It may be edited by hand: BanGUI keeps what it did not write.\n";

/// New contents by path; `None` is a file that goes.
pub(super) type NewFiles = BTreeMap<ConfigPath, Option<Vec<u8>>>;

/// The files of versions that changes bring back.
pub(super) type Restorable = BTreeMap<VersionId, BTreeMap<ConfigPath, Vec<u8>>>;

/// What changes make of files; only those that differ.
///
/// # Errors
/// `BadChange`, `ItemNotFound` or `Changed`, with which of the changes it was where that helps.
pub(super) fn new_files(
    changes: &[ConfigChange],
    files: &Files,
    restorable: &Restorable,
) -> Result<NewFiles, ConfigError> {
    let mut draft = Draft {
        files,
        new: NewFiles::new(),
    };
    for (at, change) in changes.iter().enumerate() {
        draft
            .make(change, restorable)
            .map_err(|refusal| match refusal {
                Refusal::Bad(detail) => ConfigError::BadChange { change: at, detail },
                Refusal::Other(error) => error,
            })?;
    }
    let Draft { mut new, .. } = draft;
    new.retain(|path, bytes| bytes.as_ref() != files.get(path).map(|file| &file.bytes));
    Ok(new)
}

/// Why a change is not made.
enum Refusal {
    /// It cannot be, with what to do.
    Bad(String),
    Other(ConfigError),
}

impl From<ConfigError> for Refusal {
    fn from(error: ConfigError) -> Self {
        Self::Other(error)
    }
}

type Done = Result<(), Refusal>;

fn bad<T>(detail: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Bad(detail.into()))
}

/// The files with the changes so far.
struct Draft<'a> {
    files: &'a Files,
    new: NewFiles,
}

impl Draft<'_> {
    fn make(&mut self, change: &ConfigChange, restorable: &Restorable) -> Done {
        match change {
            ConfigChange::Set {
                item,
                section,
                option,
                value,
            } => self.set(item, section.as_deref(), option, value),
            ConfigChange::Reset {
                item,
                section,
                option,
            } => self.reset(item, section.as_deref(), option),
            ConfigChange::SetDefault { option, value } => {
                self.set_default(option, value.as_deref())
            }
            ConfigChange::Enable { jail, overrides } => self.enable(jail, overrides),
            ConfigChange::Disable { jail } => self.disable(jail),
            ConfigChange::CreateJail { jail, options } => self.create_jail(jail, options),
            ConfigChange::CreateFile { item, text } => self.create_file(item, text),
            ConfigChange::Delete { item } => match item.kind {
                ConfigItemKind::Jail => self.delete_jail(&item.name),
                ConfigItemKind::Filter | ConfigItemKind::Action => self.delete_file(item),
                ConfigItemKind::Server => bad("the daemon's settings cannot be deleted"),
            },
            ConfigChange::WriteFile { path, text, base } => {
                self.write_file(path, text, base.as_ref())
            }
            ConfigChange::Restore { version } => match restorable.get(version) {
                Some(files) => {
                    self.restore(files);
                    Ok(())
                }
                None => Err(ConfigError::VersionNotFound(*version).into()),
            },
        }
    }

    /// What a file holds by now.
    fn bytes(&self, path: &ConfigPath) -> Option<&[u8]> {
        match self.new.get(path) {
            Some(new) => new.as_deref(),
            None => self.files.get(path).map(|file| file.bytes.as_slice()),
        }
    }

    /// All paths that are there by now.
    fn paths(&self) -> impl Iterator<Item = &ConfigPath> {
        let old = self
            .files
            .keys()
            .filter(|path| !self.new.contains_key(*path));
        let new = self.new.iter().filter(|(_, bytes)| bytes.is_some());
        old.chain(new.map(|(path, _)| path))
    }

    /// Edits one of BanGUI's files; it is made where it is missing, and goes when nothing but its first comment is left.
    fn edit(
        &mut self,
        path: &ConfigPath,
        edit: impl FnOnce(&mut Tree) -> Result<(), EditError>,
    ) -> Done {
        let mut tree = Tree::parse(self.bytes(path).unwrap_or(HEADER.as_bytes()));
        if let Err(error) = edit(&mut tree) {
            return bad(refused(path, &error));
        }
        let said = tree.as_bytes();
        let empty =
            tree.sections().is_empty() && said.trim_ascii() == HEADER.trim_ascii().as_bytes();
        let new = (!empty).then(|| said.to_vec());
        self.new.insert(path.clone(), new);
        Ok(())
    }
}

/// Sets an option, in a section that is made where it is missing.
fn put(tree: &mut Tree, section: &str, option: &str, value: &str) -> Result<(), EditError> {
    if !has_section(tree, section) {
        tree.insert_section(section)?;
    }
    tree.set(section, option, value)
}

/// Takes an option away, and its section when that is then empty.
fn take(tree: &mut Tree, section: &str, option: &str) -> Result<(), EditError> {
    tree.remove(section, option)?;
    let mut named = tree.sections().iter().filter(|known| known.name == section);
    let left = named.clone().any(|section| !section.options.is_empty());
    if !left && named.next().is_some() {
        tree.remove_section(section)?;
    }
    Ok(())
}

fn has_section(tree: &Tree, name: &str) -> bool {
    tree.sections().iter().any(|section| section.name == name)
}

fn refused(path: &ConfigPath, error: &EditError) -> String {
    match error {
        EditError::Broken(problem) => {
            format!("fail2ban cannot read {path} ({problem}): repair it as text first")
        }
        EditError::NotText { line } => {
            format!("{path} has bytes in line {line} that are not UTF-8: replace its text first")
        }
        EditError::Unwritable => format!(
            "{path} has no way to write this: a value may not have control characters, nor a line that begins with # or ; or looks like a section"
        ),
        other => format!("{path}: {other}"),
    }
}

fn path(text: &str) -> Result<ConfigPath, Refusal> {
    text.parse()
        .or_else(|error| bad(format!("{text} is no file of fail2ban's: {error}")))
}

#[cfg(test)]
mod tests;
