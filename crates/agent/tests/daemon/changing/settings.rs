//! Changes of the daemon's own settings.
use domain::{ConfigActs, ConfigError, ReloadScope, Severity};

use super::stage::{Stage, command, write};

#[tokio::test]
async fn settings_of_the_daemon_are_set_without_loading_jails() {
    let stage = Stage::new().await;
    let changes = [write(
        "fail2ban.d/zz-bangui.local",
        "[Definition]\ndbpurgeage = 2d\n",
    )];
    let plan = stage.plan(&changes).await;
    let only_settings = ReloadScope {
        settings: true,
        ..ReloadScope::default()
    };
    assert_eq!(plan.reload, only_settings);
    assert!(plan.risks.contains(&domain::Risk::Daemon));
    stage.change(&changes).await;
    assert_eq!(
        stage.ground.raw(&["get", "dbpurgeage"]).await.to_string(),
        "172800"
    );
    stage.end().await;
}

#[tokio::test]
async fn setting_that_takes_a_restart_is_said_to_and_is_in_force_after_one() {
    let mut stage = Stage::new().await;
    let database = stage.state.path().join("other.sqlite3");
    let text = format!("[Definition]\ndbfile = {}\n", database.display());
    let changes = [write("fail2ban.d/zz-bangui.local", &text)];
    let plan = stage.plan(&changes).await;
    let found = plan
        .findings
        .iter()
        .find(|finding| finding.code == "takes-restart")
        .unwrap();
    assert_eq!(found.severity, Severity::Warning);
    assert_eq!(found.option.as_deref(), Some("dbfile"));
    assert_eq!(found.line, Some(2), "{found:?}");
    stage.change(&changes).await;
    let runs_with = async |stage: &Stage| {
        let told = stage.ground.raw(&["get", "dbfile"]).await.to_string();
        told.contains(database.to_str().unwrap())
    };
    assert!(!runs_with(&stage).await);
    stage.ground.lab.restart_daemon().await.unwrap();
    assert!(runs_with(&stage).await);
    stage.end().await;
}

#[tokio::test]
async fn setting_that_a_daemon_which_runs_takes_over_is_not_said_to_take_a_restart() {
    let stage = Stage::new().await;
    let text = "[Definition]\nloglevel = DEBUG\nallowipv6 = no\ndbmaxmatches = 3\n";
    let changes = [write("fail2ban.d/zz-bangui.local", text)];
    let report = stage.change(&changes).await;
    assert!(
        !report
            .findings
            .iter()
            .any(|finding| finding.code == "takes-restart"),
        "{report:?}"
    );
    assert_eq!(
        stage.ground.raw(&["get", "loglevel"]).await.to_string(),
        "DEBUG"
    );
    assert_eq!(
        stage.ground.raw(&["get", "dbmaxmatches"]).await.to_string(),
        "3"
    );
    stage.end().await;
}

#[tokio::test]
async fn socket_that_would_take_the_daemon_away_is_refused_and_its_return_is_confirmed() {
    let stage = Stage::new().await;
    let own = stage.ground.lab.socket().display().to_string();
    let socket = |path: &str| {
        let text = format!("[Definition]\nsocket = {path}\n");
        [write("fail2ban.d/zz-bangui.local", &text)]
    };
    let is_refused = |plan: &domain::ConfigPlan| {
        let mut refused = plan.findings.iter();
        refused.any(|finding| {
            finding.code == "socket-elsewhere" && finding.severity == Severity::Error
        })
    };
    let elsewhere = socket("/run/other/fail2ban.sock");
    let plan = stage.plan(&elsewhere).await;
    assert!(is_refused(&plan), "{:?}", plan.findings);
    assert!(plan.risks.contains(&domain::Risk::Daemon));
    assert!(matches!(
        stage.apply(&elsewhere).await,
        Err(ConfigError::Blocked(_))
    ));
    // Back to where BanGUI is, from where somebody else had put it.
    stage.ground.configure(
        "fail2ban.d/aa.local",
        "[Definition]\nsocket = /run/other/fail2ban.sock\n",
    );
    let back = socket(&own);
    let plan = stage.plan(&back).await;
    assert!(!is_refused(&plan), "{:?}", plan.findings);
    assert!(plan.risks.contains(&domain::Risk::Daemon), "{plan:?}");
    let report = stage.change(&back).await;
    assert!(report.confirm_by.is_some(), "{report:?}");
    stage.end().await;
}

#[tokio::test]
async fn other_file_with_the_process_id_must_be_confirmed() {
    let stage = Stage::new().await;
    let file = stage.state.path().join("other.pid");
    let text = format!("[Definition]\npidfile = {}\n", file.display());
    let changes = [write("fail2ban.d/zz-bangui.local", &text)];
    let plan = stage.plan(&changes).await;
    assert!(plan.risks.contains(&domain::Risk::Daemon), "{plan:?}");
    let report = stage.change(&changes).await;
    assert!(report.confirm_by.is_some(), "{report:?}");
    stage.end().await;
}

#[tokio::test]
async fn log_target_outside_the_allowed_folders_is_refused_before_anything_is_written() {
    let stage = Stage::new().await;
    let before = stage.files();
    let change = domain::ConfigChange::Set {
        item: super::stage::item(domain::ConfigItemKind::Server, "fail2ban"),
        section: None,
        option: "logtarget".parse().unwrap(),
        value: "/etc/cron.d/fail2ban".to_owned(),
    };
    let plan = stage.plan(std::slice::from_ref(&change)).await;
    let refused = |finding: &&domain::Finding| finding.code == "bad-log-target";
    let found = plan
        .findings
        .iter()
        .find(refused)
        .map(|found| found.severity);
    assert_eq!(found, Some(Severity::Error), "{plan:?}");
    let command = domain::ApplyCommand {
        may_run_commands: true,
        ..command(&[change], &plan)
    };
    let result = stage.ground.agent.config_apply(&command).await;
    assert!(matches!(result, Err(ConfigError::Blocked(_))), "{result:?}");
    assert_eq!(stage.files(), before);
    stage.end().await;
}
