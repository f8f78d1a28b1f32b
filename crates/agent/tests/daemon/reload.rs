use domain::{HostActs, HostError, HostReads, JailState};
use lab::ExtraJail;

use crate::ground::{Ground, ban_of, jail};

/// What speaks against a reload, as `(jail, detail)`.
fn problems<T: std::fmt::Debug>(result: Result<T, HostError>) -> Vec<(String, String)> {
    match result {
        Err(HostError::UnsafeReload(problems)) => problems
            .into_iter()
            .map(|p| (p.jail.unwrap_or_default(), p.detail))
            .collect(),
        other => panic!("not refused: {other:?}"),
    }
}

/// The daemon holds what it held.
async fn nothing_lost(ground: &Ground) {
    assert_eq!(ground.running().await, ["app", "web"]);
    assert_eq!(ground.client.banned("app").await.unwrap().len(), 1);
}

async fn with_a_ban() -> Ground {
    let ground = Ground::new().await;
    ground
        .agent
        .ban(&ban_of("app", &["192.0.2.1"]))
        .await
        .unwrap();
    ground
}

#[tokio::test]
async fn reload_with_one_bad_regex_in_one_jail_leaves_all_jails_running() {
    let ground = with_a_ban().await;
    ground.configure("jail.d/bad.local", "[web]\nfailregex = ^bad (<HOST>$\n");
    for result in [
        problems(ground.agent.reload_all().await),
        problems(ground.agent.reload_jail(&jail("web")).await),
        problems(ground.agent.restart_jail(&jail("web")).await),
    ] {
        assert_eq!(result.len(), 1, "{result:?}");
        assert_eq!(result[0].0, "web");
        assert!(result[0].1.contains("addfailregex"), "{result:?}");
    }
    nothing_lost(&ground).await;
    // The other jail is none the worse for it.
    ground.agent.reload_jail(&jail("app")).await.unwrap();
    nothing_lost(&ground).await;
    ground.end().await;
}

#[tokio::test]
async fn reload_with_other_values_that_the_configuration_test_lets_pass_is_refused() {
    for (text, names) in [
        ("failregex = ^no host here$", "addfailregex"),
        ("bantime = banana", "bantime"),
        ("backend = foo", "backend"),
        ("maxretry = five", "maxretry"),
        ("ignoreregex = (", "addignoreregex"),
    ] {
        let ground = with_a_ban().await;
        ground.configure("jail.d/bad.local", &format!("[web]\n{text}\n"));
        let found = problems(ground.agent.reload_all().await);
        assert!(
            found
                .iter()
                .any(|(jail, why)| jail == "web" && why.contains(names)),
            "{text}: {found:?}"
        );
        nothing_lost(&ground).await;
        ground.end().await;
    }
}

#[tokio::test]
async fn reload_with_an_odd_entry_of_an_ignore_list_costs_no_jail() {
    let ground = with_a_ban().await;
    ground.configure("jail.d/bad.local", "[web]\nignoreip = 192.0.2.1/banana\n");
    // fail2ban 1.0.2 fails at it, 1.1.0 takes it as a name.
    match ground.agent.reload_all().await {
        Ok(_) => {}
        refused => assert!(problems(refused)[0].1.contains("addignoreip")),
    }
    nothing_lost(&ground).await;
    ground.end().await;
}

#[tokio::test]
async fn reload_with_an_action_script_that_cannot_be_loaded_is_refused() {
    let ground = with_a_ban().await;
    ground.configure(
        "action.d/broken.py",
        "raise RuntimeError('this script is broken')\n",
    );
    ground.configure("jail.d/bad.local", "[web]\naction = broken.py\n");
    let found = problems(ground.agent.reload_all().await);
    assert!(
        found
            .iter()
            .any(|(jail, why)| jail == "web" && why.contains("this script is broken")),
        "{found:?}"
    );
    nothing_lost(&ground).await;
    ground.end().await;
}

#[tokio::test]
async fn reload_of_a_configuration_that_cannot_be_read_passes_on_what_the_client_says() {
    let ground = with_a_ban().await;
    ground.configure("jail.d/bad.local", "[web]\nmaxretry = 3\nmaxretry = 4\n");
    let found = problems(ground.agent.reload_all().await);
    assert!(found[0].1.contains("already exists"), "{found:?}");
    nothing_lost(&ground).await;
    ground.end().await;
}

#[tokio::test]
async fn reload_that_would_miss_a_filter_names_the_jail() {
    let ground = with_a_ban().await;
    ground.configure("jail.d/bad.local", "[web]\nfilter = nosuch\n");
    let found = problems(ground.agent.reload_all().await);
    assert!(
        found
            .iter()
            .any(|(jail, why)| jail == "web" && why.contains("nosuch")),
        "{found:?}"
    );
    assert_eq!(
        problems(ground.agent.reload_jail(&jail("web")).await).len(),
        1
    );
    nothing_lost(&ground).await;
    ground.end().await;
}

#[tokio::test]
async fn reload_that_would_end_a_running_jail_names_it() {
    let ground = with_a_ban().await;
    ground.configure("jail.d/bad.local", "[web]\nenabled = false\n");
    assert_eq!(problems(ground.agent.reload_all().await)[0].0, "web");
    assert_eq!(
        problems(ground.agent.reload_jail(&jail("web")).await)[0].0,
        "web"
    );
    assert_eq!(
        problems(ground.agent.restart_jail(&jail("web")).await)[0].0,
        "web"
    );
    nothing_lost(&ground).await;
    ground.end().await;
}

#[tokio::test]
async fn reload_of_a_jail_without_a_log_file_is_refused() {
    let ground = with_a_ban().await;
    ground.configure("jail.d/bad.local", "[web]\nlogpath = /nonexistent/*.log\n");
    let found = problems(ground.agent.reload_all().await);
    assert_eq!(
        found,
        [("web".to_owned(), "no log file was found for it".to_owned())]
    );
    nothing_lost(&ground).await;
    ground.end().await;
}

#[tokio::test]
async fn reload_with_a_daemon_setting_that_is_refused_leaves_all_jails_running() {
    for (text, names) in [
        ("dbfile = None", "dbfile"),
        ("logtarget = /nonexistent/x/y.log", "logtarget"),
    ] {
        let ground = with_a_ban().await;
        ground.configure("fail2ban.d/zz.local", &format!("[DEFAULT]\n{text}\n"));
        let found = problems(ground.agent.reload_all().await);
        assert!(
            found.len() == 1 && found[0].1.contains(names),
            "{text}: {found:?}"
        );
        nothing_lost(&ground).await;
        ground.end().await;
    }
}

#[tokio::test]
async fn reload_takes_over_what_changed_and_keeps_bans() {
    let ground = with_a_ban().await;
    let log = ground.lab.log_for("web").unwrap().display().to_string();
    ground.configure(
        "jail.d/more.local",
        &format!(
            "[app]\nfindtime = 123\n[new]\nenabled = true\nfilter = lab-extra-0\nlogpath = {log}\n"
        ),
    );
    let report = ground.agent.reload_all().await.unwrap();
    assert_eq!(report.running, [jail("app"), jail("new"), jail("web")]);
    assert_eq!(report.started, [jail("new")]);
    assert_eq!(ground.shown().await, ["app 192.0.2.1"]);
    let detail = ground.agent.jail(&jail("app")).await.unwrap();
    assert_eq!(detail.settings.unwrap().findtime, Some(123));
    ground.end().await;
}

#[tokio::test]
async fn reload_of_one_jail_takes_over_its_part_only() {
    let ground = with_a_ban().await;
    ground.configure(
        "jail.d/more.local",
        "[app]\nfindtime = 123\n[web]\nfindtime = 321\n",
    );
    let report = ground.agent.reload_jail(&jail("app")).await.unwrap();
    assert_eq!(
        (report.running, report.started),
        (vec![jail("app"), jail("web")], vec![])
    );
    let findtime = async |name| {
        let detail = ground.agent.jail(&jail(name)).await.unwrap();
        detail.settings.unwrap().findtime
    };
    assert_eq!(
        (findtime("app").await, findtime("web").await),
        (Some(123), Some(600))
    );
    nothing_lost(&ground).await;
    ground.end().await;
}

#[tokio::test]
async fn jail_enabled_since_the_daemon_started_can_be_started() {
    let ground = Ground::new().await;
    let log = ground.lab.log_for("web").unwrap().display().to_string();
    ground.configure(
        "jail.d/more.local",
        &format!("[new]\nenabled = true\nfilter = lab-extra-0\nlogpath = {log}\n"),
    );
    assert_eq!(
        ground.agent.start_jail(&jail("new")).await,
        Ok(JailState::Running)
    );
    assert_eq!(ground.running().await, ["app", "new", "web"]);
    ground.configure(
        "jail.d/more.local",
        "[new]\nenabled = true\nfilter = lab-extra-0\nlogpath = /nonexistent\n",
    );
    ground.agent.stop_jail(&jail("new")).await.unwrap();
    assert_eq!(
        problems(ground.agent.start_jail(&jail("new")).await)[0].0,
        "new"
    );
    assert_eq!(ground.running().await, ["app", "web"]);
    ground.end().await;
}

#[tokio::test]
async fn reload_without_the_client_program_says_so_and_changes_nothing() {
    let lab = crate::ground::lab_with(vec![ExtraJail::new("app"), ExtraJail::new("web")]).await;
    let ground = Ground::on(lab, |config| agent::AgentConfig {
        client_program: "/nonexistent/fail2ban-client".into(),
        ..config
    })
    .await;
    let result = ground.agent.reload_all().await;
    assert!(
        matches!(result, Err(HostError::ClientProgram(_))),
        "{result:?}"
    );
    assert_eq!(ground.running().await, ["app", "web"]);
    ground.end().await;
}

#[tokio::test]
async fn reloads_given_at_once_follow_one_another() {
    let ground = with_a_ban().await;
    let all = futures_util::future::join_all((0..4).map(|_| ground.agent.reload_all())).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    nothing_lost(&ground).await;
    ground.end().await;
}
