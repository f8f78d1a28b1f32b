use domain::{BanEnd, HostActs, HostError, HostReads, JailState, RunningSettings};

use crate::ground::{Ground, all, ban_of, jail, until};

#[tokio::test]
async fn idle_jail_is_shown_idle_until_it_works_again() {
    let ground = Ground::new().await;
    let app = jail("app");
    assert_eq!(ground.agent.set_idle(&app, true).await, Ok(JailState::Idle));
    assert_eq!(ground.names().await[0], ("app".to_owned(), JailState::Idle));
    assert_eq!(
        ground.agent.jail(&app).await.unwrap().summary.state,
        JailState::Idle
    );
    assert_eq!(
        ground.agent.set_idle(&app, false).await,
        Ok(JailState::Running)
    );
    assert_eq!(
        ground.names().await[0],
        ("app".to_owned(), JailState::Running)
    );
    ground.end().await;
}

#[tokio::test]
async fn start_of_an_idle_jail_ends_running() {
    let ground = Ground::new().await;
    let app = jail("app");
    ground.agent.set_idle(&app, true).await.unwrap();
    assert_eq!(ground.agent.start_jail(&app).await, Ok(JailState::Running));
    assert_eq!(ground.names().await[0].1, JailState::Running);
    ground.end().await;
}

#[tokio::test]
async fn idle_is_forgotten_when_the_jail_is_reloaded_or_the_daemon_restarts() {
    let mut ground = Ground::new().await;
    let app = jail("app");
    ground.agent.set_idle(&app, true).await.unwrap();
    ground.agent.reload_jail(&app).await.unwrap();
    assert_eq!(ground.names().await[0].1, JailState::Running);
    ground.agent.set_idle(&app, true).await.unwrap();
    ground.lab.restart_daemon().await.unwrap();
    until("the new daemon's jail is running", async || {
        ground
            .names()
            .await
            .first()
            .is_some_and(|jail| jail.1 == JailState::Running)
    })
    .await;
    ground.end().await;
}

#[tokio::test]
async fn ignore_list_takes_and_gives_back_entries_as_listed() {
    let ground = Ground::new().await;
    let app = jail("app");
    for (written, listed) in [
        ("192.0.2.1", "192.0.2.1"),
        ("198.51.100.7/24", "198.51.100.0/24"),
        ("Office.example.org", "office.example.org"),
        ("2001:DB8::1", "2001:db8::1"),
    ] {
        let list = ground
            .agent
            .add_ignore(&app, &written.parse().unwrap())
            .await
            .unwrap();
        assert!(list.contains(&listed.to_owned()), "{list:?}");
        let shown = ground
            .agent
            .jail(&app)
            .await
            .unwrap()
            .settings
            .unwrap()
            .ignore_ip;
        assert_eq!(shown, list);
    }
    // Odd entries come from a configuration or another client.
    ground
        .raw(&["set", "app", "addignoreip", "no such thing"])
        .await;
    for entry in [
        "no such thing",
        "198.51.100.0/24",
        "office.example.org",
        "192.0.2.1",
        "2001:db8::1",
    ] {
        let list = ground.agent.remove_ignore(&app, entry).await.unwrap();
        assert!(!list.contains(&entry.to_owned()), "{list:?}");
    }
    assert_eq!(
        ground.agent.remove_ignore(&app, "192.0.2.1").await,
        Ok(Vec::new())
    );
    ground.end().await;
}

#[tokio::test]
async fn ignore_self_is_what_the_daemon_says_afterwards() {
    let ground = Ground::new().await;
    let app = jail("app");
    assert_eq!(ground.agent.set_ignore_self(&app, false).await, Ok(false));
    let settings = ground.agent.jail(&app).await.unwrap().settings.unwrap();
    assert_eq!(settings.ignore_self, Some(false));
    assert_eq!(ground.agent.set_ignore_self(&app, true).await, Ok(true));
    ground.end().await;
}

#[tokio::test]
async fn settings_changed_at_runtime_are_shown_and_the_bans_in_force_get_the_new_time() {
    let ground = Ground::new().await;
    // Without lengthened bans the ban time of the jail holds for those in force.
    ground
        .raw(&["set", "app", "bantime.increment", "false"])
        .await;
    ground
        .agent
        .ban(&ban_of("app", &["192.0.2.1"]))
        .await
        .unwrap();
    let wanted = RunningSettings {
        bantime: Some(-1),
        findtime: Some(77),
        maxretry: Some(9),
    };
    let now = ground
        .agent
        .set_running(&jail("app"), &wanted)
        .await
        .unwrap();
    assert_eq!(
        (now.bantime, now.findtime, now.maxretry),
        (Some(-1), Some(77), Some(9))
    );
    let ban = &ground.agent.active_bans(&all()).await.unwrap().items[0];
    assert_eq!(ban.end, BanEnd::Never);
    let bad = RunningSettings {
        bantime: Some(0),
        ..RunningSettings::default()
    };
    assert!(matches!(
        ground.agent.set_running(&jail("app"), &bad).await,
        Err(HostError::Rejected { .. })
    ));
    ground.end().await;
}

#[tokio::test]
async fn order_to_a_jail_that_does_not_run_or_is_not_there_says_so() {
    let ground = Ground::new().await;
    let (web, none) = (jail("web"), jail("nosuch"));
    assert_eq!(ground.agent.stop_jail(&web).await, Ok(JailState::Stopped));
    assert_eq!(ground.agent.stop_jail(&web).await, Ok(JailState::Stopped));
    assert_eq!(
        ground.agent.set_idle(&web, true).await,
        Err(HostError::JailNotRunning(web.clone()))
    );
    assert_eq!(
        ground.agent.reload_jail(&web).await,
        Err(HostError::JailNotRunning(web.clone()))
    );
    assert_eq!(
        ground.agent.set_ignore_self(&none, true).await,
        Err(HostError::JailNotFound(none.clone()))
    );
    assert_eq!(
        ground.agent.start_jail(&none).await,
        Err(HostError::JailNotFound(none.clone()))
    );
    assert_eq!(
        ground.agent.stop_jail(&none).await,
        Err(HostError::JailNotFound(none.clone()))
    );
    assert_eq!(ground.agent.start_jail(&web).await, Ok(JailState::Running));
    assert_eq!(ground.agent.start_jail(&web).await, Ok(JailState::Running));
    assert_eq!(ground.running().await, ["app", "web"]);
    ground.end().await;
}

#[tokio::test]
async fn restart_of_a_jail_keeps_its_bans_and_starts_a_stopped_one() {
    let ground = Ground::new().await;
    let app = jail("app");
    ground
        .agent
        .ban(&ban_of("app", &["192.0.2.1"]))
        .await
        .unwrap();
    ground.remembers("192.0.2.1").await;
    assert_eq!(
        ground.agent.restart_jail(&app).await,
        Ok(JailState::Running)
    );
    ground.agent.stop_jail(&app).await.unwrap();
    assert_eq!(
        ground.agent.restart_jail(&app).await,
        Ok(JailState::Running)
    );
    ground.shows(&["app 192.0.2.1"]).await;
    ground.end().await;
}
