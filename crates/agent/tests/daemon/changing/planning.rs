//! Whose turn it is, and what a plan says.
use std::sync::{Arc, Mutex, mpsc};

use agent::ApplyPoint;
use domain::{ApplyStep, ConfigActs, ConfigError, LaboratoryActs, Sample, Samples, VersionReads};

use super::stage::{Stage, author, command, set, write};

#[tokio::test]
async fn same_changes_on_the_same_files_give_the_same_plan() {
    let stage = Stage::new().await;
    let changes = [set("app", "findtime", "123")];
    let (one, other) = (stage.plan(&changes).await, stage.plan(&changes).await);
    assert_eq!(one, other);
    assert_eq!(one.files.len(), 1);
    assert!(
        one.files[0].diff.contains("+findtime = 123"),
        "{}",
        one.files[0].diff
    );
    assert_ne!(
        one.hash,
        stage.plan(&[set("app", "findtime", "124")]).await.hash
    );
    stage.end().await;
}

// The one who is told waits on a thread of the runtime.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn second_change_at_the_same_time_is_refused_with_the_name_of_the_first_author() {
    let stage = Stage::new().await;
    let first = [set("app", "findtime", "123")];
    let second = [set("web", "findtime", "124")];
    let (first_plan, second_plan) = (stage.plan(&first).await, stage.plan(&second).await);
    let (held, go_on) = (mpsc::channel(), mpsc::channel::<()>());
    let go_on_receiver = Mutex::new(go_on.1);
    let held_sender = Mutex::new(held.0);
    stage.at(move |point| {
        if *point == ApplyPoint::Begins(ApplyStep::Write) {
            held_sender.lock().unwrap().send(()).unwrap();
            go_on_receiver.lock().unwrap().recv().unwrap();
        }
    });
    let agent = Arc::clone(&stage.ground.agent);
    let order = command(&first, &first_plan);
    let running = async move { agent.config_apply(&order).await };
    let other = async {
        tokio::task::spawn_blocking(move || held.1.recv().unwrap())
            .await
            .unwrap();
        let refused = stage
            .ground
            .agent
            .config_apply(&command(&second, &second_plan))
            .await;
        let seen = stage.ground.agent.config_state().await.unwrap();
        go_on.0.send(()).unwrap();
        (refused, seen)
    };
    let (done, (refused, seen)) = futures_util::future::join(running, other).await;
    assert!(done.unwrap().in_force);
    assert_eq!(
        refused,
        Err(ConfigError::Busy {
            author: author("ada"),
            waits_for_confirmation: false
        })
    );
    let running = seen.applying.unwrap();
    assert_eq!(running.hash, first_plan.hash);
    let last = running.steps.last().unwrap();
    assert_eq!((last.step, last.ended_at), (ApplyStep::Write, None));
    stage.end().await;
}

#[tokio::test]
async fn unknown_jail_and_shipped_filter_are_refused() {
    let stage = Stage::new().await;
    let agent = &stage.ground.agent;
    let unknown = agent.config_plan(&[set("nosuch", "findtime", "1")]).await;
    assert!(
        matches!(unknown, Err(ConfigError::ItemNotFound(_))),
        "{unknown:?}"
    );
    let item = super::stage::item(domain::ConfigItemKind::Filter, "sshd");
    let shipped = agent
        .config_plan(&[domain::ConfigChange::Delete { item }])
        .await;
    assert!(
        matches!(shipped, Err(ConfigError::BadChange { change: 0, .. })),
        "{shipped:?}"
    );
    stage.end().await;
}

#[tokio::test]
async fn samples_of_a_filter_are_run_when_a_file_changes_that_it_includes() {
    let stage = Stage::new().await;
    let line =
        "Nov 28 18:00:01 host sshd[11]: Failed password for root from 192.0.2.7 port 22 ssh2";
    let samples = Samples {
        items: vec![Sample {
            line: line.to_owned(),
            host: Some("192.0.2.7".to_owned()),
            note: String::new(),
        }],
    };
    let sshd = "sshd".parse().unwrap();
    let agent = &stage.ground.agent;
    agent.set_filter_samples(&sshd, &samples).await.unwrap();
    let failed = async |text: &str| {
        let plan = stage.plan(&[write("filter.d/common.local", text)]).await;
        let mut findings = plan.findings.iter();
        findings.any(|finding| finding.code == "sample-failed")
    };
    assert!(!failed("# only a comment\n").await);
    assert!(failed("[DEFAULT]\n__prefix_line = never\n").await);
    stage.end().await;
}

#[tokio::test]
async fn file_that_was_changed_outside_is_told_with_a_plan_that_loads_it_too() {
    let stage = Stage::new().await;
    // The first version is there: what follows is a change.
    stage.ground.agent.config_state().await.unwrap();
    let hand = "jail.d/hand.local";
    std::fs::write(stage.path(hand), "[app]\nmaxretry = 9\n").unwrap();
    let told = |plan: &domain::ConfigPlan| -> Vec<Option<String>> {
        let of_it = |finding: &&domain::Finding| finding.code == "changed-outside";
        let findings = plan.findings.iter().filter(of_it);
        findings.map(|finding| finding.file.clone()).collect()
    };
    let plan = stage.plan(&[set("app", "findtime", "123")]).await;
    assert_eq!(told(&plan), [Some(hand.to_owned())]);
    assert!(plan.is_applicable(), "{plan:?}");
    // What a plan itself writes is in its diff.
    let bytes = std::fs::read(stage.path(hand)).unwrap();
    let mut own = write(hand, "[app]\nmaxretry = 8\n");
    if let domain::ConfigChange::WriteFile { base, .. } = &mut own {
        *base = Some(domain::Sha256::of_digest(
            <sha2::Sha256 as sha2::Digest>::digest(bytes).into(),
        ));
    }
    assert_eq!(told(&stage.plan(&[own]).await), []);
    // In force, it is part of the newest version.
    stage.change(&[set("app", "findtime", "123")]).await;
    assert_eq!(
        told(&stage.plan(&[set("app", "findtime", "124")]).await),
        []
    );
    stage.end().await;
}
