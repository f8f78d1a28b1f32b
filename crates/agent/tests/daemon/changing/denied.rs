//! What a user is told who may not read a file, or not write where it has to be written.
//!
//! For root every file is readable, so the one who asks is a process of another user: this test program, told to run only [`asks_as_another_user`].
use std::{
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    sync::Arc,
};

use agent::{Agent, AgentConfig, ApplyObserver, ApplyPoint, DiskPoint};
use domain::{
    ApplyCommand, ApplyReport, ConfigActs, ConfigError, ConfigFile, ConfigItems, ConfigPlan,
    ConfigReads, ConfigState, VersionReads,
};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::{
    apart::{self, Place},
    stage::{DROP_IN, Stage, command, config_path, set},
};

/// Who owns nothing.
const NOBODY: u32 = 65_534;

const SECRET_FILE: &str = "jail.local";

#[derive(Serialize, Deserialize)]
struct Order {
    place: Place,
    command: ApplyCommand,
    /// A folder that cannot be read from the moment on in which a file of it has taken its place, until the file is gone again.
    shut: Option<PathBuf>,
}

/// Shuts a folder between two things that happen in it, so that it cannot be written to the disk.
struct Shut(PathBuf);

impl ApplyObserver for Shut {
    fn reached(&self, point: &ApplyPoint<'_>) {
        match point {
            ApplyPoint::Disk(DiskPoint::Renamed, path) if path.starts_with(&self.0) => {
                open(&self.0, 0o300);
            }
            ApplyPoint::Disk(DiskPoint::Removed, path) if path.starts_with(&self.0) => {
                open(&self.0, 0o755);
            }
            _ => {}
        }
    }
}

/// All that concerns the files, asked and tried.
#[derive(Debug, Serialize, Deserialize)]
struct Answers {
    state: Result<ConfigState, ConfigError>,
    items: Result<ConfigItems, ConfigError>,
    file: Result<ConfigFile, ConfigError>,
    plan: Result<ConfigPlan, ConfigError>,
    apply: Result<ApplyReport, ConfigError>,
    left: bool,
}

/// Not a test by itself: what the other process does. It prints what it was told.
#[tokio::test]
#[ignore = "the tests of this file run it as another user"]
async fn asks_as_another_user() {
    let Some(order) = apart::order::<Order>() else {
        return;
    };
    let shut = order
        .shut
        .map(|folder| Arc::new(Shut(folder)) as Arc<dyn ApplyObserver>);
    let agent = Agent::start(AgentConfig {
        observer: shut,
        ..order.place.config()
    });
    agent.first_answer().await;
    let answers = Answers {
        state: agent.config_state().await,
        items: agent.config_items().await,
        file: agent.config_file(&config_path(SECRET_FILE)).await,
        plan: agent.config_plan(&order.command.changes).await,
        apply: agent.config_apply(&order.command).await,
        left: order.place.state_dir.join("journal").exists(),
    };
    apart::tell(&answers);
    agent.stop().await;
}

/// A stage whose files others can reach.
struct Open {
    stage: Stage,
    own: TempDir,
}

impl Open {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let temporary = std::env::temp_dir();
        let lab = stage.ground.lab.folder();
        assert!(lab.starts_with(&temporary), "else more would be opened");
        let folders = lab.ancestors();
        for folder in folders.take_while(|folder| *folder != temporary) {
            open(folder, 0o755);
        }
        open(stage.ground.lab.socket(), 0o666);
        open(&stage.ground.lab.client_program(), 0o755);
        let own = tempfile::tempdir().unwrap();
        give(own.path());
        Self { stage, own }
    }

    /// What another user is told who makes this change; whoever runs the tests without being root is one.
    async fn ask(&self, command: ApplyCommand) -> Answers {
        self.ask_while(command, None).await
    }

    async fn ask_while(&self, command: ApplyCommand, shut: Option<PathBuf>) -> Answers {
        let order = Order {
            place: Place::of(&self.stage.ground.lab, &self.own.path().join("config")),
            command,
            shut,
        };
        // Not by its path: the other user need not be let into the folder of the build.
        let mut process = tokio::process::Command::new("/proc/self/exe");
        process.current_dir(self.own.path());
        if rustix::process::geteuid().is_root() {
            process.uid(NOBODY).gid(NOBODY);
        }
        let function = concat!(module_path!(), "::asks_as_another_user");
        let ended = apart::run(process, function, &order).await;
        apart::told(&ended).unwrap_or_else(|| panic!("no answer: {ended:?}"))
    }

    async fn order(&self) -> ApplyCommand {
        let changes = [set("app", "findtime", "123")];
        let plan = self.stage.plan(&changes).await;
        command(&changes, &plan)
    }
}

fn open(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Makes something the other user's.
fn give(path: &Path) {
    if rustix::process::geteuid().is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

/// What went wrong with a file: its path, what the system says, what to do.
#[track_caller]
fn of_files<T: std::fmt::Debug>(result: Result<T, ConfigError>) -> (String, String, String) {
    match result {
        Err(ConfigError::Files {
            path,
            detail,
            remedy,
        }) => (path, detail, remedy),
        other => panic!("not refused because of a file: {other:?}"),
    }
}

#[tokio::test]
async fn file_that_another_user_may_not_read_is_named_with_a_remedy_and_nothing_is_written() {
    let open_stage = Open::new().await;
    let stage = &open_stage.stage;
    let secret = stage.ground.configure(SECRET_FILE, "[app]\nmaxretry = 4\n");
    let order = open_stage.order().await;
    let before = stage.files();
    open(
        &secret,
        if rustix::process::geteuid().is_root() {
            0o600
        } else {
            0o000
        },
    );
    let answers = open_stage.ask(order).await;
    for (path, detail, remedy) in [
        of_files(answers.state),
        of_files(answers.file),
        of_files(answers.plan),
        of_files(answers.apply),
    ] {
        assert!(path.ends_with(SECRET_FILE), "{path}");
        assert!(detail.contains("Permission denied"), "{detail}");
        assert!(remedy.contains("read"), "{remedy}");
    }
    let items = answers.items.unwrap();
    let named = |finding: &&domain::Finding| {
        finding.file.as_deref() == Some(SECRET_FILE) && finding.code == "file-unreadable"
    };
    assert!(
        items.findings.iter().any(|finding| named(&finding)),
        "{items:?}"
    );
    assert!(!answers.left);
    open(&secret, 0o644);
    assert_eq!(stage.files(), before);
    assert_eq!(stage.findtime("app").await, "600");
    open_stage.stage.end().await;
}

#[tokio::test]
async fn folder_that_another_user_may_not_write_is_named_with_a_remedy_and_nothing_is_written() {
    let open_stage = Open::new().await;
    let stage = &open_stage.stage;
    let before = stage.files();
    let dir = stage.ground.lab.config_dir();
    let inner = stage.path("jail.d");
    // The whole folder first, and then only the one in which the file has its place.
    for (folder, other) in [(dir, &*inner), (&*inner, dir)] {
        open(folder, 0o555);
        open(other, 0o755);
        give(other);
        let answers = open_stage.ask(open_stage.order().await).await;
        let (path, detail, remedy) = of_files(answers.apply);
        assert!(path.starts_with(&*folder.to_string_lossy()), "{path}");
        assert!(detail.contains("Permission denied"), "{detail}");
        assert!(remedy.contains("writ"), "{remedy}");
        // It can be planned all the same: what others may write is worth knowing.
        assert_eq!(answers.plan.unwrap().files.len(), 1);
        if folder == dir {
            assert!(
                answers
                    .state
                    .unwrap()
                    .read_only
                    .unwrap()
                    .contains("Permission denied")
            );
        }
        assert!(!answers.left);
        open(folder, 0o755);
        assert_eq!(stage.files(), before);
        assert_eq!(stage.text(DROP_IN), None);
        if rustix::process::geteuid().is_root() {
            chown(other, Some(0), Some(0)).unwrap();
        }
    }
    assert_eq!(stage.findtime("app").await, "600");
    assert_eq!(stage.ground.running().await, ["app", "web"]);
    open_stage.stage.end().await;
}

#[tokio::test]
async fn file_whose_folder_cannot_be_made_safe_is_taken_back() {
    let open_stage = Open::new().await;
    let stage = &open_stage.stage;
    let before = stage.files();
    let folder = stage.path("jail.d");
    give(&folder);
    give(stage.ground.lab.config_dir());
    let order = open_stage.order().await;
    let answers = open_stage.ask_while(order, Some(folder.clone())).await;
    let (path, detail, _) = of_files(answers.apply);
    assert!(path.ends_with(DROP_IN), "{path}");
    assert!(detail.contains("Permission denied"), "{detail}");
    assert!(!answers.left);
    assert_eq!(stage.files(), before);
    assert_eq!(stage.findtime("app").await, "600");
    open_stage.stage.end().await;
}
