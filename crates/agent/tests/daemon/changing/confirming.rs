//! Changes that revert by themselves unless they are confirmed.
use std::{sync::Arc, time::Duration};

use agent::AgentConfig;
use domain::{
    ConfigActs, ConfigError, Risk, VersionOrigin, VersionOutcome, VersionReads, VersionRef,
};

use super::stage::{LONG, Stage, author, command, set};
use crate::ground::{Shifted, until};

/// A change that somebody wants to confirm.
async fn unconfirmed(stage: &Stage) -> domain::ApplyReport {
    let changes = [set("app", "findtime", "123")];
    let plan = stage.plan(&changes).await;
    let order = domain::ApplyCommand {
        confirm: true,
        ..command(&changes, &plan)
    };
    let report = stage.ground.agent.config_apply(&order).await.unwrap();
    assert!(report.in_force && report.confirm_by.is_some(), "{report:?}");
    report
}

fn within(limit: Duration) -> impl FnOnce(AgentConfig) -> AgentConfig {
    move |config| AgentConfig {
        confirm_within: limit,
        ..config
    }
}

#[tokio::test]
async fn unconfirmed_change_reverts_when_its_time_is_over() {
    let stage = Stage::with(
        crate::ground::lab().await,
        within(Duration::from_millis(700)),
    )
    .await;
    let before = stage.files();
    let report = unconfirmed(&stage).await;
    until("it is taken back", async || {
        let seen = stage.ground.agent.config_state().await.unwrap();
        seen.pending.is_none()
    })
    .await;
    assert_eq!(stage.files(), before);
    assert_eq!(stage.findtime("app").await, "600");
    let versions = stage.ground.agent.config_versions(None, 10).await.unwrap();
    let told: Vec<_> = versions
        .items
        .iter()
        .map(|version| (version.origin, version.outcome))
        .collect();
    assert_eq!(
        told,
        [
            (VersionOrigin::Reverted, VersionOutcome::InForce),
            (VersionOrigin::Applied, VersionOutcome::Reverted),
            (VersionOrigin::First, VersionOutcome::InForce),
        ]
    );
    assert_eq!(versions.items[1].id, report.version);
    let diff = stage
        .ground
        .agent
        .config_diff(VersionRef::Version(domain::VersionId(1)), VersionRef::Now)
        .await
        .unwrap();
    assert!(diff.files.is_empty());
    stage.end().await;
}

#[tokio::test]
async fn change_is_possible_while_the_daemon_is_gone_that_was_to_be_told_of_files_put_back() {
    let mut stage = Stage::with(crate::ground::lab().await, within(LONG)).await;
    let report = unconfirmed(&stage).await;
    stage.ground.lab.stop_daemon().await;
    until("the agent sees it", async || {
        matches!(stage.ground.state().await, domain::DaemonState::Down { .. })
    })
    .await;
    let agent = &stage.ground.agent;
    agent
        .config_revert(report.version, &author("ada"))
        .await
        .unwrap();
    // What it needs to start again may be just this change.
    stage.change(&[set("web", "findtime", "5m")]).await;
    stage.ground.lab.start_daemon().await.unwrap();
    until("the agent sees it", async || {
        matches!(stage.ground.state().await, domain::DaemonState::Up { .. })
    })
    .await;
    assert_eq!(stage.findtime("app").await, "600");
    assert_eq!(stage.findtime("web").await, "300");
    stage.end().await;
}

#[tokio::test]
async fn unconfirmed_change_keeps_others_out_and_confirmed_stays() {
    let stage = Stage::with(crate::ground::lab().await, within(LONG)).await;
    let report = unconfirmed(&stage).await;
    let second = stage.apply(&[set("web", "findtime", "5m")]).await;
    assert_eq!(
        second,
        Err(ConfigError::Busy {
            author: author("ada"),
            waits_for_confirmation: true
        })
    );
    let agent = &stage.ground.agent;
    let wrong = agent
        .config_confirm(domain::VersionId(99), &author("bob"))
        .await;
    assert_eq!(wrong, Err(ConfigError::NothingPending));
    let version = agent
        .config_confirm(report.version, &author("bob"))
        .await
        .unwrap();
    assert_eq!(version.outcome, VersionOutcome::InForce);
    assert!(agent.config_state().await.unwrap().pending.is_none());
    assert_eq!(stage.findtime("app").await, "123");
    let late = agent.config_revert(report.version, &author("bob")).await;
    assert_eq!(late, Err(ConfigError::NothingPending));
    stage.change(&[set("web", "findtime", "5m")]).await;
    stage.end().await;
}

#[tokio::test]
async fn change_is_taken_back_by_order() {
    let stage = Stage::with(crate::ground::lab().await, within(LONG)).await;
    let before = stage.files();
    let report = unconfirmed(&stage).await;
    let version = stage
        .ground
        .agent
        .config_revert(report.version, &author("bob"))
        .await
        .unwrap();
    assert_eq!(
        (version.origin, version.author),
        (VersionOrigin::Reverted, author("bob"))
    );
    assert_eq!(stage.files(), before);
    assert_eq!(stage.findtime("app").await, "600");
    stage.end().await;
}

#[tokio::test]
async fn waiting_goes_on_over_a_restart_and_reverts_at_once_when_overdue() {
    let stage = Stage::with(crate::ground::lab().await, within(LONG)).await;
    let before = stage.files();
    let report = unconfirmed(&stage).await;
    let stage = stage.again(within(LONG)).await;
    let seen = stage.ground.agent.config_state().await.unwrap();
    assert_eq!(seen.confirm_within_seconds, LONG.as_secs());
    let pending = seen.pending.unwrap();
    assert_eq!(
        (pending.version, Some(pending.confirm_by)),
        (report.version, report.confirm_by)
    );
    // Not there while the time runs out.
    let later = Arc::new(Shifted::default());
    later.pass(2 * i64::try_from(LONG.as_secs()).unwrap());
    let stage = stage
        .again(|config| AgentConfig {
            clock: later,
            ..within(LONG)(config)
        })
        .await;
    assert!(
        stage
            .ground
            .agent
            .config_state()
            .await
            .unwrap()
            .pending
            .is_none()
    );
    assert_eq!(stage.files(), before);
    assert_eq!(stage.findtime("app").await, "600");
    stage.end().await;
}

#[tokio::test]
async fn revert_while_the_daemon_is_down_puts_files_back_and_it_starts_with_them() {
    let mut stage = Stage::with(crate::ground::lab().await, within(LONG)).await;
    let before = stage.files();
    let report = unconfirmed(&stage).await;
    stage.ground.lab.kill_daemon().await;
    until("the agent sees it", async || {
        matches!(stage.ground.state().await, domain::DaemonState::Down { .. })
    })
    .await;
    let reverted = stage
        .ground
        .agent
        .config_revert(report.version, &author("bob"))
        .await
        .unwrap();
    let undone = reverted.undone.unwrap();
    assert!(
        undone.files_are_back && undone.problem.is_some(),
        "{undone:?}"
    );
    assert_eq!(stage.files(), before);
    stage.ground.lab.start_daemon().await.unwrap();
    assert_eq!(stage.findtime("app").await, "600");
    until("the next change is possible", async || {
        stage.apply(&[set("web", "findtime", "5m")]).await.is_ok()
    })
    .await;
    stage.end().await;
}

#[tokio::test]
async fn jail_of_the_port_of_bangui_is_only_changed_with_a_confirmation() {
    let lab = crate::ground::lab().await;
    let write = |path: &str, text: &str| std::fs::write(lab.config_dir().join(path), text).unwrap();
    write(
        "action.d/own.local",
        "[Definition]\nactionban = true <port>\n",
    );
    write(
        "jail.local",
        "[web]\naction = own[port=\"http,8000:8100\"]\n[app]\naction = own[port=\"25\"]\n",
    );
    let stage = Stage::with(lab, |config| AgentConfig {
        own_ports: vec![8080],
        confirm_within: LONG,
        ..config
    })
    .await;
    let plan = stage.plan(&[set("app", "findtime", "123")]).await;
    assert_eq!(plan.risks, []);
    let changes = [set("web", "findtime", "123")];
    let plan = stage.plan(&changes).await;
    assert_eq!(plan.risks, [Risk::RemoteAccess]);
    let report = stage.change(&changes).await;
    assert!(report.confirm_by.is_some(), "{report:?}");
    stage.end().await;
}
