//! BanGUI is killed in the midst of a change, before it could write down who did what: the next start does.
//!
//! The one who is killed is a process of its own: this test program, told to run only [`stops_in_a_change`].
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use agent::{Agent, AgentConfig, ApplyObserver, ApplyPoint, DiskPoint};
use domain::{
    ApplyCommand, ApplyStep, ConfigActs, ConfigAuthor, ConfigChange, ConfigItemId, ConfigItemKind,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::{LIMIT, Scene, quiet_lab};

/// What the one who is killed is told by its environment.
const ORDER: &str = "BANGUI_TEST_STOPS_WITH";

/// What it prints when it has come to where it is killed.
const HERE: &str = "HERE";

const DROP_IN: &str = "jail.d/zz-bangui.local";

/// In the midst of what it is killed.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Deed {
    /// The files are written and loaded, and not yet verified.
    Apply,
    /// The old files are back, and not yet loaded.
    Revert,
    /// That it is confirmed is safe on the disk, and nothing else.
    Confirm,
    /// It is applied, and whoever ordered it has no answer.
    Applied,
    /// It is taken back, likewise.
    Reverted,
    /// It is confirmed, likewise.
    Confirmed,
    /// It is kept as a change from outside, likewise.
    Adopted,
}

impl Deed {
    /// Whether the change waits to be confirmed.
    fn waits(self) -> bool {
        !matches!(self, Self::Apply | Self::Applied)
    }
}

#[derive(Serialize, Deserialize)]
struct Order {
    socket: PathBuf,
    config_dir: PathBuf,
    client_program: PathBuf,
    state_dir: PathBuf,
    deed: Deed,
}

/// Stops the process at a point, and lets it wait to be killed.
struct Stop {
    deed: Deed,
    armed: AtomicBool,
}

impl ApplyObserver for Stop {
    fn reached(&self, point: &ApplyPoint<'_>) {
        let is_here = match self.deed {
            Deed::Apply => *point == ApplyPoint::Begins(ApplyStep::Verify),
            Deed::Revert => *point == ApplyPoint::Begins(ApplyStep::ReloadOld),
            Deed::Confirm => matches!(point, ApplyPoint::Disk(DiskPoint::FolderSynced, _)),
            Deed::Applied | Deed::Reverted | Deed::Confirmed | Deed::Adopted => false,
        };
        if is_here && self.armed.load(Ordering::SeqCst) {
            wait_to_be_killed();
        }
    }
}

fn wait_to_be_killed() -> ! {
    println!("\n{HERE}");
    loop {
        std::thread::park();
    }
}

/// Not a test by itself: what the other process does.
#[tokio::test]
#[ignore = "the tests of this file run it in a process of its own"]
async fn stops_in_a_change() {
    let Ok(order) = std::env::var(ORDER) else {
        return;
    };
    let order: Order = serde_json::from_str(&order).unwrap();
    let stop = Arc::new(Stop {
        deed: order.deed,
        armed: AtomicBool::new(order.deed == Deed::Apply),
    });
    let config_dir = order.config_dir.clone();
    let agent = Agent::start(AgentConfig {
        socket: order.socket,
        config_dir: order.config_dir,
        client_program: order.client_program,
        state_dir: Some(order.state_dir),
        observer: Some(Arc::<Stop>::clone(&stop)),
        ..AgentConfig::default()
    });
    agent.first_answer().await;
    let changes = vec![ConfigChange::Set {
        item: ConfigItemId {
            kind: ConfigItemKind::Jail,
            name: "postfix".parse().unwrap(),
        },
        section: None,
        option: "maxretry".parse().unwrap(),
        value: "9".to_owned(),
    }];
    let plan = agent.config_plan(&changes).await.unwrap();
    let author = ConfigAuthor {
        name: Some("ada".to_owned()),
        address: None,
    };
    let command = ApplyCommand {
        changes,
        hash: plan.hash,
        base: plan.base,
        author: author.clone(),
        note: "because of the test".to_owned(),
        may_run_commands: false,
        confirm: order.deed.waits(),
    };
    if order.deed == Deed::Adopted {
        std::fs::write(config_dir.join("jail.d/mine.local"), "[DEFAULT]\n").unwrap();
        agent.config_adopt(&author).await.unwrap();
        wait_to_be_killed();
    }
    let report = agent.config_apply(&command).await.unwrap();
    stop.armed.store(true, Ordering::SeqCst);
    let done = match order.deed {
        Deed::Apply => return,
        Deed::Applied | Deed::Adopted => wait_to_be_killed(),
        Deed::Revert | Deed::Reverted => agent.config_revert(report.version, &author).await,
        Deed::Confirm | Deed::Confirmed => agent.config_confirm(report.version, &author).await,
    };
    done.unwrap();
    wait_to_be_killed();
}

/// Runs the other process until it is in the midst of its deed, and kills it there.
async fn kill_in(lab: &lab::Lab, state: &Path, deed: Deed) {
    let order = Order {
        socket: lab.socket().to_owned(),
        config_dir: lab.config_dir().to_owned(),
        client_program: lab.client_program(),
        state_dir: state.to_owned(),
        deed,
    };
    let name = concat!(module_path!(), "::stops_in_a_change");
    let name = name.split_once("::").unwrap().1;
    let mut process = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--ignored", "--nocapture"])
        .env(ORDER, serde_json::to_string(&order).unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let comes_there = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line == HERE {
                return true;
            }
        }
        false
    };
    assert!(tokio::time::timeout(LIMIT, comes_there).await.unwrap());
    process.kill().await.unwrap();
}

/// A server that starts on what the one who was killed has left. The folder lives as long as the scene needs it.
async fn after_a_death(deed: Deed) -> (Scene, TempDir, String) {
    let (lab, state) = (quiet_lab().await, tempfile::tempdir().unwrap());
    let before = lab.client_output(&["get", "postfix", "maxretry"]).await;
    kill_in(&lab, state.path(), deed).await;
    let kept = state.path().to_owned();
    let scene = Scene::on(lab, |plan| plan.state_dir = Some(kept)).await;
    (scene, state, before.unwrap())
}

/// Waits for the entry of an action, and looks that it is there once.
async fn told_once(scene: &Scene, action: &str) -> Value {
    let uri = format!("/api/v1/audit?action={action}");
    let told = scene.until(&uri, |audit| audit["items"][0].is_object());
    let entry = told.await["items"][0].clone();
    assert_eq!(entry["actor"]["kind"], "system", "{entry}");
    assert_eq!(entry["outcome"], "success", "{entry}");
    assert_eq!(scene.app.record_own_doings().await, 0, "told twice");
    assert_eq!(scene.recorded(action).await.len(), 1);
    entry
}

async fn jails(scene: &Scene) -> Vec<String> {
    let told = scene.lab.client_output(&["status"]).await.unwrap();
    let (_, names) = told.split_once("Jail list:").unwrap();
    names
        .split(',')
        .map(|name| name.trim().to_owned())
        .collect()
}

#[tokio::test]
async fn change_that_was_half_applied_is_put_back_and_told() {
    let (scene, _state, before) = after_a_death(Deed::Apply).await;
    let entry = told_once(&scene, "config.recovered").await;
    assert_eq!(entry["target"], "version 2");
    assert_eq!(entry["detail"]["author"], "ada");
    assert_eq!(entry["detail"]["files"], json!([DROP_IN]));
    let why = entry["detail"]["failed"].as_str().unwrap();
    assert!(why.contains("BanGUI ended"), "{why}");
    assert!(!scene.path(DROP_IN).exists());
    assert_eq!(scene.maxretry("postfix").await, before);
    assert_eq!(jails(&scene).await.len(), 3);
    scene.end().await;
}

#[tokio::test]
async fn order_to_take_back_that_was_cut_off_is_seen_through_and_told() {
    let (scene, _state, before) = after_a_death(Deed::Revert).await;
    let entry = told_once(&scene, "config.reverted").await;
    assert_eq!(entry["target"], "version 3");
    assert_eq!(entry["detail"]["author"], "ada");
    assert_eq!(entry["detail"]["finishedAtStart"], true);
    assert!(!scene.path(DROP_IN).exists());
    assert_eq!(scene.maxretry("postfix").await, before);
    scene.end().await;
}

#[tokio::test]
async fn confirmation_that_was_cut_off_holds_and_is_told() {
    let (scene, _state, before) = after_a_death(Deed::Confirm).await;
    let entry = told_once(&scene, "config.confirmed").await;
    assert_eq!(entry["target"], "version 2");
    assert_eq!(entry["detail"]["confirmedBy"], "ada");
    assert_ne!(scene.maxretry("postfix").await, before);
    let state = super::ok(&scene.admin.get("/api/v1/hosts/local/config/state").await);
    assert_eq!(
        (&state["pending"], &state["version"]),
        (&json!(null), &json!(2))
    );
    scene.end().await;
}

#[tokio::test]
async fn order_that_was_done_and_not_written_down_is_told_once_by_the_next_start() {
    for (deed, action, target, version) in [
        (Deed::Applied, "config.applied", "jail postfix", 2),
        (Deed::Reverted, "config.reverted", "version 3", 3),
        (Deed::Confirmed, "config.confirmed", "version 2", 2),
        (Deed::Adopted, "config.adopted", "version 2", 2),
    ] {
        let (scene, _state, _) = after_a_death(deed).await;
        let entry = told_once(&scene, action).await;
        assert_eq!(entry["target"], target, "{entry}");
        assert_eq!(entry["detail"]["version"], version, "{entry}");
        assert_eq!(entry["detail"]["author"], "ada", "{entry}");
        assert_eq!(entry["detail"]["finishedAtStart"], false, "{entry}");
        let applied = scene.recorded("config.applied").await;
        if deed == Deed::Adopted {
            assert_eq!(applied, []);
        } else {
            let (outcome, _, detail) = &applied[0];
            assert_eq!((applied.len(), &**outcome), (1, "success"));
            assert_eq!(detail["note"], "because of the test");
            assert_eq!(detail["changes"], json!(["jail postfix: maxretry set"]));
        }
        scene.end().await;
    }
}
