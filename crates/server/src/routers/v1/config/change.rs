//! Changes of the configuration, as requests and versions say them.
use std::{collections::BTreeMap, str::FromStr};

use domain::{ConfigChange, ConfigItemId, NameError, OptionName, VersionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::{ItemIdBody, Problem};

/// The most changes of one plan.
const MAX_CHANGES: usize = 500;
/// The most bytes of a file's text.
const MAX_TEXT_BYTES: usize = 1024 * 1024;

/// One change. Several become one plan.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "change",
    deny_unknown_fields
)]
#[schema(as = ConfigChange)]
pub(crate) enum ChangeBody {
    /// Sets an option in BanGUI's drop-in of the item.
    Set {
        /// The item.
        item: ItemIdBody,
        /// The section of a filter's or action's file; `null` is the usual one (`Definition`).
        section: Option<String>,
        /// The option.
        option: String,
        /// Its value; with line breaks only where the option takes several lines.
        value: String,
    },
    /// Removes an option from BanGUI's drop-in, so that the inherited value holds again.
    Reset {
        /// The item.
        item: ItemIdBody,
        /// As for `set`.
        section: Option<String>,
        /// The option.
        option: String,
    },
    /// Sets an option for all jails.
    SetDefault {
        /// The option.
        option: String,
        /// Its value; `null` removes it.
        value: Option<String>,
    },
    /// Enables a jail.
    Enable {
        /// The jail.
        jail: String,
        /// Options to set with it.
        #[serde(default)]
        overrides: BTreeMap<String, String>,
    },
    /// Disables a jail.
    Disable {
        /// The jail.
        jail: String,
    },
    /// Makes a jail of one's own.
    CreateJail {
        /// Its name; not that of another.
        jail: String,
        /// Its options, `enabled` too.
        options: BTreeMap<String, String>,
    },
    /// Makes a filter or an action of one's own, from text.
    CreateFile {
        /// The filter or action; not the name of another.
        item: ItemIdBody,
        /// The text of its `.local`: at most 1 MiB.
        text: String,
    },
    /// Deletes a jail, filter or action of one's own.
    Delete {
        /// Which.
        item: ItemIdBody,
    },
    /// Replaces the text of a `.local` file, or makes it.
    WriteFile {
        /// Its path relative to the configuration's folder.
        path: String,
        /// The whole text: at most 1 MiB.
        text: String,
        /// The hash of the text that the editor began with; `null` for a new file. Another text there now is a conflict.
        base: Option<String>,
    },
    /// Brings the files of a version back.
    Restore {
        /// Which.
        version: u64,
    },
}

/// The changes of a request.
///
/// # Errors
/// `invalid` for none, for too many, and for the first that no change can be.
pub(super) fn read(changes: Vec<ChangeBody>) -> Result<Vec<ConfigChange>, Problem> {
    if changes.is_empty() || changes.len() > MAX_CHANGES {
        let message = format!("1 to {MAX_CHANGES} changes");
        return Err(Problem::invalid("changes", "length", message));
    }
    changes
        .into_iter()
        .enumerate()
        .map(|(index, change)| change.read(&At(index)))
        .collect()
}

/// The place of a change in its request.
struct At(usize);

impl At {
    fn field(&self, name: &str) -> String {
        format!("changes[{}].{name}", self.0)
    }

    fn name<T: FromStr<Err = NameError>>(&self, field: &str, text: &str) -> Result<T, Problem> {
        text.parse()
            .map_err(|error| Problem::invalid(self.field(field), "not-a-name", error))
    }

    fn item(&self, item: &ItemIdBody) -> Result<ConfigItemId, Problem> {
        item.read(&self.field("item"))
    }

    fn options(
        &self,
        field: &str,
        options: BTreeMap<String, String>,
    ) -> Result<BTreeMap<OptionName, String>, Problem> {
        options
            .into_iter()
            .map(|(name, value)| Ok((self.name(&format!("{field}.{name}"), &name)?, value)))
            .collect()
    }

    fn text(&self, text: String) -> Result<String, Problem> {
        if text.len() <= MAX_TEXT_BYTES {
            return Ok(text);
        }
        let message = format!("a file has at most {MAX_TEXT_BYTES} bytes");
        Err(Problem::invalid(self.field("text"), "too-long", message))
    }
}

impl ChangeBody {
    fn read(self, at: &At) -> Result<ConfigChange, Problem> {
        Ok(match self {
            Self::Set {
                item,
                section,
                option,
                value,
            } => ConfigChange::Set {
                item: at.item(&item)?,
                section,
                option: at.name("option", &option)?,
                value,
            },
            Self::Reset {
                item,
                section,
                option,
            } => ConfigChange::Reset {
                item: at.item(&item)?,
                section,
                option: at.name("option", &option)?,
            },
            Self::SetDefault { option, value } => ConfigChange::SetDefault {
                option: at.name("option", &option)?,
                value,
            },
            Self::Enable { jail, overrides } => ConfigChange::Enable {
                jail: at.name("jail", &jail)?,
                overrides: at.options("overrides", overrides)?,
            },
            Self::Disable { jail } => ConfigChange::Disable {
                jail: at.name("jail", &jail)?,
            },
            Self::CreateJail { jail, options } => ConfigChange::CreateJail {
                jail: at.name("jail", &jail)?,
                options: at.options("options", options)?,
            },
            Self::CreateFile { item, text } => ConfigChange::CreateFile {
                item: at.item(&item)?,
                text: at.text(text)?,
            },
            Self::Delete { item } => ConfigChange::Delete {
                item: at.item(&item)?,
            },
            Self::WriteFile { path, text, base } => ConfigChange::WriteFile {
                path: at.name("path", &path)?,
                text: at.text(text)?,
                base: base.map(|base| at.name("base", &base)).transpose()?,
            },
            Self::Restore { version } => ConfigChange::Restore {
                version: VersionId(version),
            },
        })
    }
}

impl From<ConfigChange> for ChangeBody {
    fn from(change: ConfigChange) -> Self {
        match change {
            ConfigChange::Set {
                item,
                section,
                option,
                value,
            } => Self::Set {
                item: item.into(),
                section,
                option: option.into(),
                value,
            },
            ConfigChange::Reset {
                item,
                section,
                option,
            } => Self::Reset {
                item: item.into(),
                section,
                option: option.into(),
            },
            ConfigChange::SetDefault { option, value } => Self::SetDefault {
                option: option.into(),
                value,
            },
            ConfigChange::Enable { jail, overrides } => Self::Enable {
                jail: jail.into(),
                overrides: texts(overrides),
            },
            ConfigChange::Disable { jail } => Self::Disable { jail: jail.into() },
            ConfigChange::CreateJail { jail, options } => Self::CreateJail {
                jail: jail.into(),
                options: texts(options),
            },
            ConfigChange::CreateFile { item, text } => Self::CreateFile {
                item: item.into(),
                text,
            },
            ConfigChange::Delete { item } => Self::Delete { item: item.into() },
            ConfigChange::WriteFile { path, text, base } => Self::WriteFile {
                path: path.into(),
                text,
                base: base.map(Into::into),
            },
            ConfigChange::Restore { version } => Self::Restore { version: version.0 },
        }
    }
}

fn texts(options: BTreeMap<OptionName, String>) -> BTreeMap<String, String> {
    options
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect()
}
