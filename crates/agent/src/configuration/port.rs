//! The verbs of the port.
use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    ApplyCommand, ApplyReport, ConfigActs, ConfigAuthor, ConfigChange, ConfigDiff, ConfigError,
    ConfigPlan, ConfigState, Version, VersionId, VersionPage, VersionReads, VersionRef,
};

use super::{apply, archive, check, confirm, draft::Draft, folder, history, record};
use crate::{Agent, core::Core, mirror::on_disk};

/// The most versions of a page.
const MAX_PAGE: u32 = 100;

#[async_trait]
impl VersionReads for Agent {
    async fn config_state(&self) -> Result<ConfigState, ConfigError> {
        let core = &self.core;
        core.configuration.recovered().await;
        let (store, dir) = (
            core.configuration.store().ok(),
            core.config.config_dir.clone(),
        );
        let applying = core.configuration.running();
        let mut state = on_disk(move || history::state(store.as_ref(), &dir)).await?;
        if applying.is_some() {
            // What differs now is what is being written.
            state.changed_outside.clear();
        }
        Ok(ConfigState {
            applying,
            pending: core.configuration.pending(),
            confirm_within_seconds: core.config.confirm_within.as_secs(),
            commands_forbidden: !core.config.allow_commands,
            ..state
        })
    }

    async fn config_versions(
        &self,
        before: Option<VersionId>,
        limit: u32,
    ) -> Result<VersionPage, ConfigError> {
        let limit = limit.clamp(1, MAX_PAGE);
        let limit = usize::try_from(limit).unwrap_or(1);
        self.with_store(move |store, _| store.page(before, limit))
            .await
    }

    async fn config_version(&self, id: VersionId) -> Result<Version, ConfigError> {
        self.with_store(move |store, _| store.version(id)).await
    }

    async fn config_diff(
        &self,
        from: VersionRef,
        to: VersionRef,
    ) -> Result<ConfigDiff, ConfigError> {
        self.with_store(move |store, dir| history::diff(store, dir, from, to))
            .await
    }

    async fn config_archive(&self, masked: bool) -> Result<Vec<u8>, ConfigError> {
        archive::archive(&self.core, masked).await
    }
}

#[async_trait]
impl ConfigActs for Agent {
    async fn config_plan(&self, changes: &[ConfigChange]) -> Result<ConfigPlan, ConfigError> {
        let core = &self.core;
        core.configuration.recovered().await;
        let (dir, changes) = (core.config.config_dir.clone(), changes.to_vec());
        let store = core.configuration.store().ok();
        let draft = on_disk(move || Draft::make(&dir, &changes, store.as_ref())).await?;
        let draft = Arc::new(draft);
        let checked = check::check(core, &draft).await?;
        Ok(check::plan(core, &draft, checked).await)
    }

    async fn config_apply(&self, command: &ApplyCommand) -> Result<ApplyReport, ConfigError> {
        let command = command.clone();
        self.see_through(move |core| apply::apply(core, command))
            .await
    }

    async fn config_confirm(
        &self,
        version: VersionId,
        author: &ConfigAuthor,
    ) -> Result<Version, ConfigError> {
        let author = author.clone();
        self.see_through(move |core| confirm::confirm(core, version, author))
            .await
    }

    async fn config_revert(
        &self,
        version: VersionId,
        author: &ConfigAuthor,
    ) -> Result<Version, ConfigError> {
        let author = author.clone();
        self.see_through(move |core| async move {
            core.configuration.recovered().await;
            confirm::revert(&core, version, Some(&author)).await
        })
        .await
    }

    async fn config_adopt(&self, author: &ConfigAuthor) -> Result<Version, ConfigError> {
        let author = author.clone();
        self.see_through(move |core| adopt(core, author)).await
    }
}

/// Keeps what something else changed; answers the newest version where nothing was.
async fn adopt(core: Arc<Core>, author: ConfigAuthor) -> Result<Version, ConfigError> {
    core.configuration.recovered().await;
    let store = core.configuration.store()?;
    let _turn = core.configuration.wait_for_turn().await;
    let (dir, now) = (core.config.config_dir.clone(), core.config.clock.now());
    on_disk(move || {
        let files = folder::read(&dir)?;
        if let Some(kept) = record::keep_outside(&store, &files, &author, now)? {
            return Ok(kept);
        }
        let newest = store.newest()?;
        newest.ok_or(ConfigError::VersionNotFound(VersionId(1)))
    })
    .await
}

impl Agent {
    /// Reads from the state folder, once the start has put right what it found.
    async fn with_store<T: Send + 'static>(
        &self,
        read: impl FnOnce(&super::store::Store, &std::path::Path) -> Result<T, ConfigError>
        + Send
        + 'static,
    ) -> Result<T, ConfigError> {
        let core = &self.core;
        core.configuration.recovered().await;
        let (store, dir) = (core.configuration.store()?, core.config.config_dir.clone());
        on_disk(move || read(&store, &dir)).await
    }
}
