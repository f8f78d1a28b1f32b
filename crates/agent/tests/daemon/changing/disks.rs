//! Disks that are full, read-only or belong to somebody else.
//!
//! Mounting needs a namespace of its own, so the one who changes the configuration is another process there: this test program, told to run only
//! [`changes_in_a_namespace`].
use std::path::Path;

use agent::Agent;
use domain::{ApplyCommand, ConfigActs, ConfigError, VersionReads};

use super::{
    apart::{self, Place},
    stage::{DROP_IN, Stage, command, set},
};

#[derive(serde::Serialize, serde::Deserialize)]
struct Order {
    place: Place,
    command: ApplyCommand,
}

/// Not a test by itself: what the other process does. It prints what came of it.
#[tokio::test]
#[ignore = "the tests of this file run it in a namespace"]
async fn changes_in_a_namespace() {
    let Some(order) = apart::order::<Order>() else {
        return;
    };
    let agent = Agent::start(order.place.config());
    agent.first_answer().await;
    let read_only = agent
        .config_state()
        .await
        .ok()
        .and_then(|told| told.read_only);
    let result = agent.config_apply(&order.command).await;
    apart::tell(&(result, read_only));
    agent.stop().await;
}

type Answer = (Result<domain::ApplyReport, ConfigError>, Option<String>);

/// Runs a change behind a shell command in a private mount namespace; `None` where the machine does not allow one.
async fn behind(stage: &Stage, mount: &str, own: &Path, command: ApplyCommand) -> Option<Answer> {
    let order = Order {
        place: Place::of(&stage.ground.lab, own),
        command,
    };
    let script = format!("{mount} && exec \"$0\" \"$@\"");
    let mut unshare = tokio::process::Command::new("unshare");
    unshare
        .args(["--mount", "--propagation", "private", "sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .env("CONFIG", stage.ground.lab.config_dir())
        .env("STATE", own);
    let function = concat!(module_path!(), "::changes_in_a_namespace");
    let ended = apart::run(unshare, function, &order).await;
    let answer = apart::told(&ended);
    if answer.is_none() {
        let why = String::from_utf8_lossy(&ended.stderr);
        assert!(
            !rustix::process::getuid().is_root() && why.contains("unshare"),
            "it neither answered nor was kept from mounting, as only root may: {ended:?}"
        );
        println!("passed over: this machine does not allow mounting: {why}");
    }
    answer
}

async fn order(stage: &Stage) -> ApplyCommand {
    let changes = [set("app", "findtime", "123")];
    let plan = stage.plan(&changes).await;
    command(&changes, &plan)
}

#[tokio::test]
async fn read_only_folder_is_an_error_with_a_remedy_and_nothing_is_written() {
    let stage = Stage::new().await;
    let before = stage.files();
    let own = tempfile::tempdir().unwrap();
    let mount = "mount --bind \"$CONFIG\" \"$CONFIG\" && mount -o remount,bind,ro \"$CONFIG\"";
    let order = order(&stage).await;
    if let Some((result, read_only)) = behind(&stage, mount, own.path(), order).await {
        let Err(ConfigError::Files { detail, remedy, .. }) = result else {
            panic!("not refused: {result:?}");
        };
        assert!(detail.contains("Read-only"), "{detail}");
        assert!(remedy.contains("ReadWritePaths"), "{remedy}");
        assert!(read_only.unwrap().contains("Read-only"));
    }
    assert_eq!(stage.files(), before);
    assert_eq!(stage.findtime("app").await, "600");
    stage.end().await;
}

#[tokio::test]
async fn full_disk_is_an_error_with_a_remedy_and_nothing_is_half_written() {
    let stage = Stage::new().await;
    let before = stage.files();
    // Of the folder of jails, and then of the state folder.
    let folders = [
        "kept=$(mktemp -d) && cp -a \"$CONFIG/jail.d/.\" \"$kept\" && mount -t tmpfs -o size=16k none \"$CONFIG/jail.d\" \
         && cp -a \"$kept/.\" \"$CONFIG/jail.d/\" && rm -r \"$kept\" && ! dd if=/dev/zero of=\"$CONFIG/jail.d/filler\" bs=4096 2>/dev/null",
        "mount -t tmpfs -o size=16k none \"$STATE\"",
    ];
    for mount in folders {
        let own = tempfile::tempdir().unwrap();
        let order = order(&stage).await;
        let Some((result, _)) = behind(&stage, mount, own.path(), order).await else {
            continue;
        };
        let Err(ConfigError::Files { detail, remedy, .. }) = result else {
            panic!("not refused: {result:?}");
        };
        assert!(detail.contains("No space left"), "{detail}");
        assert!(remedy.contains("Make room"), "{remedy}");
    }
    assert_eq!(stage.files(), before);
    assert_eq!(stage.text(DROP_IN), None);
    assert_eq!(stage.findtime("app").await, "600");
    assert_eq!(stage.ground.running().await, ["app", "web"]);
    stage.end().await;
}

#[tokio::test]
async fn five_hundred_jails_are_planned_and_one_of_them_is_loaded() {
    use std::fmt::Write as _;
    let stage = Stage::new().await;
    let log = stage
        .ground
        .lab
        .log_for("web")
        .unwrap()
        .display()
        .to_string();
    let mut text = String::new();
    for number in 0..500 {
        let _ = writeln!(
            text,
            "[many{number}]\nenabled = false\nfilter = lab-extra-0\nlogpath = {log}\n"
        );
    }
    stage.ground.configure("jail.d/many.local", &text);
    let began = std::time::Instant::now();
    let enable = domain::ConfigChange::Enable {
        jail: "many499".parse().unwrap(),
        overrides: std::collections::BTreeMap::new(),
    };
    let plan = stage.plan(std::slice::from_ref(&enable)).await;
    println!("a plan among 500 jails took {:?}", began.elapsed());
    assert_eq!(plan.log_checks.len(), 1);
    assert!(plan.log_checks[0].found);
    let told: Vec<_> = plan
        .effects
        .iter()
        .map(|effect| (effect.item.name.as_str(), effect.option.as_str()))
        .collect();
    assert!(told.contains(&("many499", "enabled")), "{told:?}");
    stage.change(&[enable]).await;
    assert_eq!(stage.ground.running().await, ["app", "many499", "web"]);
    stage.end().await;
}

#[tokio::test]
async fn stock_jail_is_activated_in_one_change_and_bans() {
    let lab = lab::Lab::start(lab::LabConfig {
        enforcement: lab::Enforcement::None,
        jails: lab::JailSet::Names(vec!["sshd".to_owned()]),
        ..lab::LabConfig::for_tests().unwrap()
    })
    .await
    .unwrap();
    let stage = Stage::with(lab, |config| config).await;
    let log = stage.ground.lab.folder().join("dovecot.log");
    std::fs::write(&log, "").unwrap();
    let enable = domain::ConfigChange::Enable {
        jail: "dovecot".parse().unwrap(),
        overrides: [
            ("logpath".parse().unwrap(), log.display().to_string()),
            ("maxretry".parse().unwrap(), "2".to_owned()),
            ("backend".parse().unwrap(), "polling".to_owned()),
        ]
        .into(),
    };
    stage.change(&[enable]).await;
    assert_eq!(stage.ground.running().await, ["dovecot", "sshd"]);
    let now = std::process::Command::new("date")
        .arg("+%b %d %H:%M:%S")
        .output()
        .unwrap();
    let now = String::from_utf8(now.stdout).unwrap();
    let line = format!(
        "{} lab dovecot: auth-worker(1): pam(ada,192.0.2.7): pam_authenticate() failed: Authentication failure (password mismatch?)\n",
        now.trim()
    );
    std::fs::write(&log, line.repeat(3)).unwrap();
    stage.ground.shows(&["dovecot 192.0.2.7"]).await;
    stage.end().await;
}
