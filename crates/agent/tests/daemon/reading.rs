use std::time::Duration;

use agent::AgentConfig;
use domain::{
    ActiveBanQuery, BanEnd, BanSubject, DaemonState, HostActs, HostReads, JailSource, JailState,
};
use futures_util::future::join_all;
use lab::ExtraJail;

use crate::{
    ground::{Ground, all, ban_of, jail, lab, line, net, unban_of, until},
    proxy::Proxy,
};

#[tokio::test]
async fn status_of_a_running_daemon_names_version_and_sums() {
    let ground = Ground::new().await;
    ground
        .agent
        .ban(&ban_of("app", &["192.0.2.1"]))
        .await
        .unwrap();
    let status = ground.agent.status().await.unwrap();
    let version = ground.client.version().await.unwrap().text;
    assert_eq!(status.daemon, DaemonState::Up { version });
    assert_eq!(
        (status.totals.jails, status.totals.currently_banned),
        (2, 1)
    );
    assert!(status.as_of.is_some() && status.checked_at.is_some());
    ground.end().await;
}

#[tokio::test]
async fn attacker_in_a_log_appears_with_its_times() {
    let ground = Ground::new().await;
    let began = jiff::Timestamp::from_second(jiff_now()).unwrap();
    ground
        .lab
        .attack("app", "192.0.2.77".parse().unwrap())
        .await
        .unwrap();
    ground.shows(&["app 192.0.2.77"]).await;
    let page = ground.agent.active_bans(&all()).await.unwrap();
    let ban = &page.items[0];
    let since = ban.banned_at.unwrap().as_millis() - began.as_millisecond();
    assert!((-2_000..60_000).contains(&since), "{since} ms");
    assert_eq!(
        ban.end,
        BanEnd::At(ban.banned_at.unwrap().plus_seconds(600))
    );
    assert!(page.as_of.is_some());
    ground.end().await;
}

fn jiff_now() -> i64 {
    let now = domain::Clock::now(&domain::SystemClock);
    now.as_millis() / 1000
}

#[tokio::test]
async fn enabled_jail_that_was_stopped_is_listed_as_stopped() {
    let ground = Ground::new().await;
    until("the configuration was read", async || {
        ground.raw(&["status"]).await;
        ground.agent.jails().await.unwrap().items.len() == 2
    })
    .await;
    ground.raw(&["stop", "web"]).await;
    until("web is stopped", async || {
        ground.names().await
            == [
                ("app".to_owned(), JailState::Running),
                ("web".to_owned(), JailState::Stopped),
            ]
    })
    .await;
    let detail = ground.agent.jail(&jail("web")).await.unwrap();
    assert_eq!((detail.settings, detail.source), (None, None));
    ground.end().await;
}

#[tokio::test]
async fn detail_of_a_jail_has_settings_and_log_files() {
    let ground = Ground::new().await;
    let detail = ground.agent.jail(&jail("app")).await.unwrap();
    let log = ground.lab.log_for("app").unwrap().display().to_string();
    assert_eq!(detail.source, Some(JailSource::Files(vec![log])));
    let settings = detail.settings.unwrap();
    assert_eq!(settings.bantime, Some(600));
    assert_eq!(settings.maxretry, Some(3));
    assert_eq!(settings.bantime_increment, Some(true));
    assert_eq!(settings.fail_regex.len(), 1);
    assert!(ground.agent.jail(&jail("nosuch")).await.is_err());
    ground.end().await;
}

/// Polls only when told, so that every command that passes is a reader's.
fn without_polls(config: AgentConfig) -> AgentConfig {
    AgentConfig {
        poll_interval: Duration::from_hours(1),
        ..config
    }
}

#[tokio::test]
async fn hundred_readers_of_a_jail_cost_the_daemon_no_more_than_one() {
    let lab = lab().await;
    let proxy = Proxy::before(lab.socket());
    let ground = Ground::on(lab, |config| {
        without_polls(AgentConfig {
            socket: proxy.socket.clone(),
            ..config
        })
    })
    .await;
    let app = jail("app");
    until("the first poll has ended", async || {
        ground
            .agent
            .active_bans(&all())
            .await
            .unwrap()
            .as_of
            .is_some()
    })
    .await;
    let before = proxy.commands();
    ground.agent.jail(&jail("web")).await.unwrap();
    let one = proxy.commands() - before;
    assert!(one > 0);
    let before = proxy.commands();
    let answers = join_all((0..100).map(|_| ground.agent.jail(&app))).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(proxy.commands() - before, one);
    ground.end().await;
}

#[tokio::test]
async fn readers_of_the_snapshot_cost_the_daemon_nothing() {
    let lab = lab().await;
    let proxy = Proxy::before(lab.socket());
    let ground = Ground::on(lab, |config| {
        without_polls(AgentConfig {
            socket: proxy.socket.clone(),
            ..config
        })
    })
    .await;
    until("the first poll has ended", async || {
        ground
            .agent
            .active_bans(&all())
            .await
            .unwrap()
            .as_of
            .is_some()
    })
    .await;
    let before = proxy.commands();
    let query = ActiveBanQuery::default();
    join_all((0..100).map(async |_| {
        ground.agent.status().await.unwrap();
        ground.agent.jails().await.unwrap();
        ground.agent.active_bans(&query).await.unwrap();
        ground.agent.bans_of(&[net("192.0.2.1")]).await.unwrap();
    }))
    .await;
    assert_eq!(proxy.commands(), before);
    ground.end().await;
}

#[tokio::test]
async fn jails_with_odd_names_can_be_seen_and_acted_on() {
    let ground = Ground::new().await;
    let names = ["my jail", "a.b", "c/d", "gefängnis", "日本"];
    for name in names {
        ground.raw(&["add", name, "polling"]).await;
        ground.raw(&["start", name]).await;
        let result = ground
            .agent
            .ban(&ban_of(name, &["192.0.2.9"]))
            .await
            .unwrap();
        assert_eq!(
            result.results[0].outcome,
            domain::BanOutcome::Banned,
            "{name}"
        );
        let detail = ground.agent.jail(&jail(name)).await.unwrap();
        assert_eq!(detail.summary.counters.currently_banned, 1, "{name}");
    }
    let bans = ground.agent.bans_of(&[net("192.0.2.9")]).await.unwrap();
    let mut wanted: Vec<String> = names.iter().map(|n| format!("{n} 192.0.2.9")).collect();
    wanted.sort();
    assert_eq!(bans.iter().map(line).collect::<Vec<_>>(), wanted);
    for name in names {
        let report = ground
            .agent
            .unban(&unban_of(Some(name), &["192.0.2.9"]))
            .await
            .unwrap();
        assert_eq!(report.results[0].unbanned_in, [jail(name)], "{name}");
        let stopped = ground.agent.stop_jail(&jail(name)).await.unwrap();
        assert_eq!(stopped, JailState::Stopped, "{name}");
    }
    assert_eq!(ground.running().await, ["app", "web"]);
    ground.end().await;
}

#[tokio::test]
async fn jails_with_odd_names_in_the_configuration_can_be_reloaded() {
    let lab =
        crate::ground::lab_with(vec![ExtraJail::new("a.b"), ExtraJail::new("gefängnis")]).await;
    let ground = Ground::on(lab, |config| config).await;
    let report = ground.agent.reload_all().await.unwrap();
    assert_eq!(report.running, [jail("a.b"), jail("gefängnis")]);
    ground.end().await;
}

#[tokio::test]
async fn ban_of_what_is_no_address_is_shown_found_and_unbanned_as_text() {
    let ground = Ground::new().await;
    let text = "999.1.2.3.x $(id) Ü";
    ground.raw(&["set", "app", "banip", text]).await;
    ground.shows(&[&format!("app {text}")]).await;
    let found = ground
        .agent
        .active_bans(&ActiveBanQuery {
            search: Some("X $(ID".to_owned()),
            ..ActiveBanQuery::default()
        })
        .await
        .unwrap();
    assert_eq!(found.items[0].subject, BanSubject::Other(text.to_owned()));
    let report = ground.agent.unban(&unban_of(None, &[text])).await.unwrap();
    assert_eq!(report.results[0].unbanned_in, [jail("app")]);
    assert_eq!(ground.shown().await, Vec::<String>::new());
    ground.end().await;
}

#[tokio::test]
async fn revision_stays_while_nothing_changes_and_moves_with_a_ban() {
    let ground = Ground::new().await;
    until("two polls have passed", async || {
        ground
            .agent
            .active_bans(&all())
            .await
            .unwrap()
            .as_of
            .is_some()
    })
    .await;
    ground
        .agent
        .ban(&ban_of("app", &["192.0.2.1"]))
        .await
        .unwrap();
    let before = ground.agent.status().await.unwrap();
    until("the daemon was asked again", async || {
        ground.agent.status().await.unwrap().checked_at > before.checked_at
    })
    .await;
    assert_eq!(
        ground.agent.status().await.unwrap().revision,
        before.revision
    );
    ground
        .agent
        .ban(&ban_of("app", &["192.0.2.2"]))
        .await
        .unwrap();
    assert!(ground.agent.status().await.unwrap().revision > before.revision);
    ground.end().await;
}
