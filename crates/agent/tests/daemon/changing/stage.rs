//! A lab whose configuration is changed, and what the tests say to it.
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use agent::{AgentConfig, ApplyObserver, ApplyPoint};
use domain::{
    ApplyCommand, ApplyReport, ConfigActs, ConfigAuthor, ConfigChange, ConfigError, ConfigItemId,
    ConfigItemKind, ConfigPath, ConfigPlan,
};
use lab::Lab;
use tempfile::TempDir;

use crate::ground::{Ground, lab};

/// BanGUI's drop-in.
pub(super) const DROP_IN: &str = "jail.d/zz-bangui.local";

type Told = Box<dyn FnMut(&ApplyPoint<'_>) + Send>;

/// Does what a test wants at the points of a change.
#[derive(Default)]
pub(super) struct Hook(Mutex<Option<Told>>);

impl ApplyObserver for Hook {
    fn reached(&self, point: &ApplyPoint<'_>) {
        if let Some(told) = &mut *self.0.lock().unwrap() {
            told(point);
        }
    }
}

pub(super) struct Stage {
    pub(super) ground: Ground,
    pub(super) state: TempDir,
    pub(super) hook: Arc<Hook>,
}

impl Stage {
    pub(super) async fn new() -> Self {
        Self::with(lab().await, |config| config).await
    }

    pub(super) async fn with(lab: Lab, adapt: impl FnOnce(AgentConfig) -> AgentConfig) -> Self {
        let state = tempfile::tempdir().unwrap();
        Self::on(lab, state, adapt).await
    }

    pub(super) async fn on(
        lab: Lab,
        state: TempDir,
        adapt: impl FnOnce(AgentConfig) -> AgentConfig,
    ) -> Self {
        let hook = Arc::new(Hook::default());
        let ground = Ground::on(lab, |config| {
            adapt(AgentConfig {
                state_dir: Some(state.path().join("config")),
                observer: Some(hook.clone()),
                ..config
            })
        })
        .await;
        Self {
            ground,
            state,
            hook,
        }
    }

    /// Ends the agent, and starts another one on what it left.
    pub(super) async fn again(self, adapt: impl FnOnce(AgentConfig) -> AgentConfig) -> Self {
        let Self { ground, state, .. } = self;
        ground.agent.stop().await;
        let Ground { lab, agent, .. } = ground;
        drop(agent);
        Self::on(lab, state, adapt).await
    }

    pub(super) async fn end(self) {
        self.ground.end().await;
    }

    /// What is done at each point from now on.
    pub(super) fn at(&self, told: impl FnMut(&ApplyPoint<'_>) + Send + 'static) {
        *self.hook.0.lock().unwrap() = Some(Box::new(told));
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.ground.lab.config_dir().join(file)
    }

    /// The text of a file; `None` where it is not there.
    pub(super) fn text(&self, file: &str) -> Option<String> {
        std::fs::read_to_string(self.path(file)).ok()
    }

    pub(super) async fn plan(&self, changes: &[ConfigChange]) -> ConfigPlan {
        self.ground.agent.config_plan(changes).await.unwrap()
    }

    /// Plans and applies.
    pub(super) async fn apply(&self, changes: &[ConfigChange]) -> Result<ApplyReport, ConfigError> {
        let plan = self.plan(changes).await;
        let command = command(changes, &plan);
        self.ground.agent.config_apply(&command).await
    }

    /// Plans and applies what must succeed.
    pub(super) async fn change(&self, changes: &[ConfigChange]) -> ApplyReport {
        let report = self.apply(changes).await.unwrap();
        assert!(report.in_force, "{report:?}");
        report
    }

    /// All files of the configuration's folder with their bytes and modes.
    pub(super) fn files(&self) -> BTreeMap<PathBuf, (Vec<u8>, u32)> {
        let mut files = BTreeMap::new();
        collect(self.ground.lab.config_dir(), &mut files);
        files
    }

    pub(super) async fn findtime(&self, jail: &str) -> String {
        self.ground
            .raw(&["get", jail, "findtime"])
            .await
            .to_string()
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, (Vec<u8>, u32)>) {
    use std::os::unix::fs::MetadataExt as _;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            let mode = std::fs::symlink_metadata(&path).unwrap().mode();
            files.insert(path.clone(), (std::fs::read(&path).unwrap(), mode));
        }
    }
}

pub(super) fn command(changes: &[ConfigChange], plan: &ConfigPlan) -> ApplyCommand {
    ApplyCommand {
        changes: changes.to_vec(),
        hash: plan.hash.clone(),
        base: plan.base.clone(),
        author: author("ada"),
        note: "a test".to_owned(),
        may_run_commands: true,
        confirm: false,
    }
}

pub(super) fn author(name: &str) -> ConfigAuthor {
    ConfigAuthor {
        name: Some(name.to_owned()),
        address: None,
    }
}

pub(super) fn item(kind: ConfigItemKind, name: &str) -> ConfigItemId {
    ConfigItemId {
        kind,
        name: name.parse().unwrap(),
    }
}

/// Sets an option of a jail.
pub(super) fn set(jail: &str, option: &str, value: &str) -> ConfigChange {
    ConfigChange::Set {
        item: item(ConfigItemKind::Jail, jail),
        section: None,
        option: option.parse().unwrap(),
        value: value.to_owned(),
    }
}

pub(super) fn write(path: &str, text: &str) -> ConfigChange {
    ConfigChange::WriteFile {
        path: config_path(path),
        text: text.to_owned(),
        base: None,
    }
}

pub(super) fn config_path(path: &str) -> ConfigPath {
    path.parse().unwrap()
}

/// A jail of the lab's own kind that reads a log.
pub(super) fn create(jail: &str, log: &Path) -> ConfigChange {
    let options = [
        ("enabled", "true"),
        ("filter", "lab-extra-0"),
        ("logpath", log.to_str().unwrap()),
        ("maxretry", "3"),
    ];
    ConfigChange::CreateJail {
        jail: jail.parse().unwrap(),
        options: options
            .map(|(name, value)| (name.parse().unwrap(), value.to_owned()))
            .into(),
    }
}

/// A long time, for changes that are not to revert by themselves.
pub(super) const LONG: Duration = Duration::from_mins(10);
