//! The verbs of the port that read the configuration.
use std::{collections::BTreeSet, path::Path, sync::Arc};

use async_trait::async_trait;
use domain::{
    ConfigError, ConfigFile, ConfigItem, ConfigItemId, ConfigItemKind, ConfigItems, ConfigPath,
    ConfigReads, JailDetail, JailName, OptionSpec,
};

use super::{
    file, history,
    item::{self, Around},
    items, reading, told,
};
use crate::{Agent, core::Core, jails, mirror::on_disk};

#[async_trait]
impl ConfigReads for Agent {
    async fn config_items(&self) -> Result<ConfigItems, ConfigError> {
        let core = Arc::clone(&self.core);
        let (now, as_of) = reading::now(&core).await;
        on_disk(move || {
            folder(&core.config.config_dir)?;
            let edited = edited_outside(&core);
            Ok(items::all(&now, &core.snapshot(), &edited, as_of))
        })
        .await
    }

    async fn config_item(&self, id: &ConfigItemId) -> Result<ConfigItem, ConfigError> {
        let core = Arc::clone(&self.core);
        let (now, as_of) = reading::now(&core).await;
        let running = running(&core, id).await;
        let id = id.clone();
        on_disk(move || {
            folder(&core.config.config_dir)?;
            let around = Around {
                reading: &now,
                memory: &core.config_reader.memory,
                daemon: &core.snapshot(),
                edited: &edited_outside(&core),
                running: running.as_ref(),
            };
            item::one(&around, &id, as_of)
        })
        .await
    }

    async fn config_options(&self) -> Result<Vec<OptionSpec>, ConfigError> {
        Ok(told::specs())
    }

    async fn config_file(&self, path: &ConfigPath) -> Result<ConfigFile, ConfigError> {
        let core = Arc::clone(&self.core);
        let (now, _) = reading::now(&core).await;
        let path = path.clone();
        on_disk(move || file::read(&core.config.config_dir, &path, &now)).await
    }
}

/// Fails where the folder cannot be read: everything would seem to be gone.
fn folder(dir: &Path) -> Result<(), ConfigError> {
    match std::fs::read_dir(dir) {
        Ok(_) => Ok(()),
        Err(error) => Err(file::folder_failed(dir, &error)),
    }
}

/// What the daemon says of a running jail; `None` where it runs not, or does not answer: files are shown all the same.
async fn running(core: &Core, id: &ConfigItemId) -> Option<JailDetail> {
    if id.kind != ConfigItemKind::Jail {
        return None;
    }
    let name: JailName = id.name.as_str().parse().ok()?;
    core.snapshot().jail(&name)?;
    match jails::detail(core, &name).await {
        Ok(detail) => Some(detail),
        Err(error) => {
            tracing::debug!(jail.name = %name, %error, "the jail's running values are not known");
            None
        }
    }
}

/// The files that something else than BanGUI changed since the last version, relative to the folder.
fn edited_outside(core: &Core) -> BTreeSet<String> {
    let store = core.configuration.store().ok();
    let changed = history::state(store.as_ref(), &core.config.config_dir);
    let changed = changed
        .map(|state| state.changed_outside)
        .unwrap_or_default();
    changed.into_iter().map(String::from).collect()
}
