//! Where settings come from, and which one wins.
use std::{
    collections::BTreeMap,
    env, fmt,
    path::{Path, PathBuf},
};

use figment::{
    Figment,
    providers::{Format as _, Toml},
    value::Value,
};

use super::{PREFIX, SETTINGS};

/// Names under the prefix that are not settings: where the others are read from, and what tests are told.
const CONFIG_FILE: &str = "CONFIG";
const NOT_SETTINGS: &str = "TEST_";

/// The file that is read when it exists.
const DEFAULT_FILE: &str = "/etc/bangui/bangui.toml";

/// Why the settings were not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// A value is wrong.
    #[error("the setting {PREFIX}{name} ({source_name}) is wrong: {advice}")]
    Wrong {
        /// Its name without the prefix.
        name: String,
        /// Where it was set.
        source_name: String,
        /// What to write instead.
        advice: String,
    },
    /// There is no such setting.
    #[error("there is no setting {PREFIX}{name} ({source_name}){}", hint(.similar.as_deref()))]
    Unknown {
        /// Its name without the prefix.
        name: String,
        /// Where it was set.
        source_name: String,
        /// The setting whose name is nearest.
        similar: Option<String>,
    },
    /// The file cannot be read.
    #[error("the file of settings {path} cannot be read: {why}")]
    File {
        /// The file.
        path: String,
        /// Why.
        why: String,
    },
}

fn hint(similar: Option<&str>) -> String {
    similar.map_or_else(
        || "; `bangui settings-example` lists all".to_owned(),
        |name| format!("; did you mean {PREFIX}{name}?"),
    )
}

/// Where settings are looked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    /// The environment.
    pub(crate) environment: Vec<(String, String)>,
    /// The `.env` file, if there is one.
    pub(crate) env_file: Option<PathBuf>,
    /// The file that must exist, if one was named by flag.
    pub(crate) file: Option<PathBuf>,
    /// Flags by the setting's name without the prefix.
    pub(crate) flags: Vec<(&'static str, String)>,
}

impl Sources {
    /// What this process was started with.
    pub(crate) fn of_process(file: Option<PathBuf>, flags: Vec<(&'static str, String)>) -> Self {
        let environment = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        let env_file = PathBuf::from(".env");
        Self {
            environment,
            env_file: env_file.is_file().then_some(env_file),
            file,
            flags,
        }
    }

    /// All settings that were set anywhere, the strongest source of each.
    pub(super) fn merge(&self) -> Result<Raw, SettingsError> {
        let mut raw = Raw::default();
        let dotenv = self.dotenv()?;
        self.add_file(&dotenv, &mut raw)?;
        for (name, value) in dotenv {
            raw.add(&name, value, ".env")?;
        }
        for (name, value) in &self.environment {
            raw.add(name, value.clone(), "environment")?;
        }
        for (name, value) in &self.flags {
            raw.values
                .insert((*name).to_owned(), (value.clone(), "flag".to_owned()));
        }
        Ok(raw)
    }

    fn dotenv(&self) -> Result<Vec<(String, String)>, SettingsError> {
        let Some(path) = &self.env_file else {
            return Ok(Vec::new());
        };
        let unreadable = |error: dotenvy::Error| SettingsError::File {
            path: path.display().to_string(),
            why: error.to_string(),
        };
        let entries = dotenvy::from_path_iter(path)
            .map_err(unreadable)?
            .collect::<Result<Vec<_>, _>>()
            .map_err(unreadable)?;
        // A `.env` may serve other programs too.
        Ok(entries
            .into_iter()
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect())
    }

    fn add_file(&self, dotenv: &[(String, String)], raw: &mut Raw) -> Result<(), SettingsError> {
        let variable = format!("{PREFIX}{CONFIG_FILE}");
        let named = self.file.clone().or_else(|| {
            self.environment
                .iter()
                .chain(dotenv)
                .find(|(name, _)| *name == variable)
                .map(|(_, path)| PathBuf::from(path))
        });
        let path = match named {
            Some(path) if !path.is_file() => {
                return Err(SettingsError::File {
                    path: path.display().to_string(),
                    why: "there is no such file".to_owned(),
                });
            }
            Some(path) => path,
            None => match Path::new(DEFAULT_FILE) {
                path if path.is_file() => path.to_path_buf(),
                _ => return Ok(()),
            },
        };
        let unreadable = |why: String| SettingsError::File {
            path: path.display().to_string(),
            why,
        };
        let values: BTreeMap<String, Value> = Figment::from(Toml::file_exact(&path))
            .extract()
            .map_err(|error| unreadable(error.to_string()))?;
        for (name, value) in values {
            let text = text_of(&value).ok_or_else(|| {
                unreadable(format!("{name} must be text, a number or a list of text"))
            })?;
            raw.add(
                &format!("{PREFIX}{}", name.to_ascii_uppercase()),
                text,
                &path.display().to_string(),
            )?;
        }
        Ok(())
    }
}

/// Lists are joined by commas, as they are written in the environment.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(_, text) => Some(text.clone()),
        Value::Bool(_, flag) => Some(flag.to_string()),
        Value::Num(_, number) => number
            .to_i128()
            .map(|n| n.to_string())
            .or_else(|| number.to_u128().map(|n| n.to_string())),
        Value::Array(_, items) => items
            .iter()
            .map(text_of)
            .collect::<Option<Vec<_>>>()
            .map(|items| items.join(",")),
        _ => None,
    }
}

/// Settings as text, with where each was set.
#[derive(Default)]
pub(super) struct Raw {
    values: BTreeMap<String, (String, String)>,
}

impl Raw {
    fn add(&mut self, variable: &str, value: String, source: &str) -> Result<(), SettingsError> {
        let name = variable.strip_prefix(PREFIX).unwrap_or(variable);
        if name == CONFIG_FILE || name.starts_with(NOT_SETTINGS) {
            return Ok(());
        }
        if !SETTINGS.iter().any(|setting| setting.name == name) {
            return Err(SettingsError::Unknown {
                name: name.to_owned(),
                source_name: source.to_owned(),
                similar: nearest(name),
            });
        }
        self.values
            .insert(name.to_owned(), (value, source.to_owned()));
        Ok(())
    }

    /// A setting that has a default.
    pub(super) fn parse<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, SettingsError> {
        let default = SETTINGS
            .iter()
            .find(|setting| setting.name == name)
            .map_or("", |setting| setting.default);
        let text = self.set(name).unwrap_or(default);
        parse(text).map_err(|advice| self.wrong(name, advice))
    }

    /// A setting that may be left out; empty is left out.
    pub(super) fn optional<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, SettingsError> {
        self.set(name)
            .map(|text| parse(text).map_err(|advice| self.wrong(name, advice)))
            .transpose()
    }

    fn set(&self, name: &str) -> Option<&str> {
        self.values
            .get(name)
            .map(|(text, _)| text.trim())
            .filter(|text| !text.is_empty())
    }

    /// The error for a wrong value. The value is not shown: it may be a secret.
    pub(super) fn wrong(&self, name: &str, advice: String) -> SettingsError {
        SettingsError::Wrong {
            name: name.to_owned(),
            source_name: self
                .values
                .get(name)
                .map_or_else(|| "default".to_owned(), |(_, source)| source.clone()),
            advice,
        }
    }
}

/// The setting that shares the most letters in order, when most are shared.
fn nearest(name: &str) -> Option<String> {
    SETTINGS
        .iter()
        .map(|setting| (common_letters(name, setting.name), setting.name))
        .filter(|(common, candidate)| 4 * common >= 3 * candidate.len().max(name.len()))
        .max_by_key(|(common, _)| *common)
        .map(|(_, name)| name.to_owned())
}

/// Length of the longest common subsequence.
fn common_letters(a: &str, b: &str) -> usize {
    let mut row = vec![0_usize; b.len() + 1];
    for x in a.bytes() {
        let mut diagonal = 0;
        for (j, y) in b.bytes().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or_default();
            let left = row.get(j).copied().unwrap_or_default();
            let best = if x == y {
                diagonal + 1
            } else {
                above.max(left)
            };
            if let Some(cell) = row.get_mut(j + 1) {
                *cell = best;
            }
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or_default()
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}
