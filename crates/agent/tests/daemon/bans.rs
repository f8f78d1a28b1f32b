use std::net::IpAddr;

use domain::{
    BanOutcome, GuardReason, HostActs, HostError, HostReads, MAX_TARGETS_PER_COMMAND,
    ProtectedNetwork,
};

use crate::ground::{Ground, ban_of, jail, net, unban_of};

fn outcomes(report: domain::BanReport) -> Vec<BanOutcome> {
    report
        .results
        .into_iter()
        .map(|result| result.outcome)
        .collect()
}

#[tokio::test]
async fn ban_is_seen_by_the_daemon_and_shown_before_it_returns() {
    let ground = Ground::new().await;
    let order = ban_of(
        "app",
        &[
            "192.0.2.1",
            "2001:db8::1",
            "198.51.100.128/25",
            "::192.0.2.200",
        ],
    );
    let report = ground.agent.ban(&order).await.unwrap();
    assert_eq!(outcomes(report), vec![BanOutcome::Banned; 4]);
    let held = ground
        .client
        .is_banned("app", &order.targets)
        .await
        .unwrap();
    assert_eq!(held, [true; 4]);
    assert_eq!(ground.agent.bans_of(&order.targets).await.unwrap().len(), 4);
    let again = ground.agent.ban(&order).await.unwrap();
    assert_eq!(outcomes(again), vec![BanOutcome::AlreadyBanned; 4]);
    ground.end().await;
}

#[tokio::test]
async fn ban_of_a_target_with_host_bits_or_mapped_goes_out_in_its_one_form() {
    let ground = Ground::new().await;
    let mut order = ban_of("app", &[]);
    order.targets = vec![
        "192.0.2.77/24".parse().unwrap(),
        "::ffff:203.0.113.9/128".parse().unwrap(),
    ];
    let report = ground.agent.ban(&order).await.unwrap();
    assert_eq!(report.results[0].target, order.targets[0]);
    assert_eq!(outcomes(report), [BanOutcome::Banned, BanOutcome::Banned]);
    ground.shows(&["app 192.0.2.0/24", "app 203.0.113.9"]).await;
    ground.end().await;
}

#[tokio::test]
async fn ban_that_the_guard_refuses_does_not_reach_the_daemon() {
    let ground = Ground::new().await;
    let mut order = ban_of(
        "app",
        &[
            "127.0.0.1",
            "::1",
            "198.51.100.20",
            "198.51.100.1",
            "203.0.113.53",
            "192.0.2.8",
            "0.0.0.0/0",
            "192.0.2.200",
        ],
    );
    order.requester = Some("192.0.2.8".parse::<IpAddr>().unwrap());
    let report = ground.agent.ban(&order).await.unwrap();
    let reasons: Vec<Option<GuardReason>> = outcomes(report)
        .into_iter()
        .map(|outcome| match outcome {
            BanOutcome::Refused(hits) => Some(hits[0].reason),
            _ => None,
        })
        .collect();
    assert_eq!(
        reasons,
        [
            Some(GuardReason::Loopback),
            Some(GuardReason::Loopback),
            Some(GuardReason::OwnAddress),
            Some(GuardReason::Gateway),
            Some(GuardReason::NameServer),
            Some(GuardReason::Requester),
            Some(GuardReason::Everything),
            None,
        ]
    );
    assert_eq!(ground.client.banned("app").await.unwrap().len(), 1);
    order.confirm_own_address = true;
    order.targets = vec![net("192.0.2.8"), net("198.51.100.0/24")];
    let report = outcomes(ground.agent.ban(&order).await.unwrap());
    assert_eq!(report[0], BanOutcome::Banned);
    assert!(matches!(report[1], BanOutcome::Refused(_)));
    let hits = ground
        .agent
        .guard_hits(&order.targets, order.requester)
        .await
        .unwrap();
    assert_eq!(hits[0][0].reason, GuardReason::Requester);
    assert_eq!(hits[1].len(), 2);
    ground.end().await;
}

#[tokio::test]
async fn ban_of_an_address_on_the_ignore_list_is_banned_by_the_daemon_and_said_so() {
    let ground = Ground::new().await;
    let listed = ground
        .agent
        .add_ignore(&jail("app"), &"192.0.2.5".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(listed, ["192.0.2.5"]);
    let report = ground
        .agent
        .ban(&ban_of("app", &["192.0.2.5"]))
        .await
        .unwrap();
    let held = ground
        .client
        .is_banned("app", &[net("192.0.2.5")])
        .await
        .unwrap();
    assert_eq!(
        (outcomes(report), held),
        (vec![BanOutcome::Banned], vec![true])
    );
    ground.end().await;
}

#[tokio::test]
async fn ban_in_a_jail_that_does_not_run_says_which_and_why() {
    let ground = Ground::new().await;
    ground.agent.stop_jail(&jail("web")).await.unwrap();
    assert_eq!(
        ground.agent.ban(&ban_of("web", &["192.0.2.1"])).await,
        Err(HostError::JailNotRunning(jail("web")))
    );
    assert_eq!(
        ground.agent.ban(&ban_of("nosuch", &["192.0.2.1"])).await,
        Err(HostError::JailNotFound(jail("nosuch")))
    );
    ground.end().await;
}

#[tokio::test]
async fn ban_and_unban_of_too_many_targets_are_refused() {
    let ground = Ground::new().await;
    let many: Vec<String> = (0..=MAX_TARGETS_PER_COMMAND)
        .map(|n| format!("192.0.2.{n}"))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let refused = HostError::TooManyTargets {
        max: MAX_TARGETS_PER_COMMAND,
    };
    assert_eq!(
        ground.agent.ban(&ban_of("app", &many)).await,
        Err(refused.clone())
    );
    assert_eq!(
        ground.agent.unban(&unban_of(None, &many)).await,
        Err(refused)
    );
    let report = ground.agent.ban(&ban_of("app", &many[1..])).await.unwrap();
    assert_eq!(outcomes(report), vec![BanOutcome::Banned; 100]);
    ground.end().await;
}

#[tokio::test]
async fn unban_in_one_jail_leaves_the_other_and_in_all_jails_ends_both() {
    let ground = Ground::new().await;
    for name in ["app", "web"] {
        ground
            .agent
            .ban(&ban_of(name, &["192.0.2.1", "192.0.2.2"]))
            .await
            .unwrap();
    }
    let one = ground
        .agent
        .unban(&unban_of(Some("app"), &["192.0.2.1", "192.0.2.99"]))
        .await
        .unwrap();
    assert_eq!(one.results[0].unbanned_in, [jail("app")]);
    assert!(one.results[1].unbanned_in.is_empty() && one.results[1].still_banned_in.is_empty());
    assert_eq!(
        ground.shown().await,
        ["app 192.0.2.2", "web 192.0.2.1", "web 192.0.2.2"]
    );
    let all = ground
        .agent
        .unban(&unban_of(None, &["192.0.2.2"]))
        .await
        .unwrap();
    assert_eq!(all.results[0].unbanned_in, [jail("app"), jail("web")]);
    assert_eq!(ground.shown().await, ["web 192.0.2.1"]);
    ground.end().await;
}

#[tokio::test]
async fn unban_of_many_subjects_ends_those_that_are_listed_and_tells_where() {
    let ground = Ground::new().await;
    let order = ban_of(
        "app",
        &["192.0.2.1", "192.0.2.0/25", "::192.0.2.200", "2001:db8::1"],
    );
    ground.agent.ban(&order).await.unwrap();
    ground.raw(&["set", "app", "banip", "odd text"]).await;
    ground
        .agent
        .ban(&ban_of("web", &["192.0.2.1", "192.0.2.3"]))
        .await
        .unwrap();
    let subjects = [
        "192.0.2.1",
        "192.0.2.0/25",
        "::192.0.2.200",
        "odd text",
        "192.0.2.99",
    ];
    let one = ground
        .agent
        .unban(&unban_of(Some("app"), &subjects))
        .await
        .unwrap();
    let counts: Vec<usize> = one.results.iter().map(|r| r.unbanned_in.len()).collect();
    assert_eq!(counts, [1, 1, 1, 1, 0]);
    assert_eq!(
        ground.shown().await,
        ["app 2001:db8::1", "web 192.0.2.1", "web 192.0.2.3"]
    );
    let rest = ["192.0.2.1", "192.0.2.0/25", "2001:db8::1"];
    let all = ground.agent.unban(&unban_of(None, &rest)).await.unwrap();
    let jails: Vec<_> = all.results.into_iter().map(|r| r.unbanned_in).collect();
    assert_eq!(jails, [vec![jail("web")], vec![], vec![jail("app")]]);
    assert_eq!(ground.shown().await, ["web 192.0.2.3"]);
    ground.end().await;
}

#[tokio::test]
async fn unban_of_a_network_ends_that_ban_and_none_within_it() {
    let ground = Ground::new().await;
    ground
        .agent
        .ban(&ban_of("app", &["192.0.2.0/24", "192.0.2.7"]))
        .await
        .unwrap();
    ground
        .agent
        .ban(&ban_of("web", &["192.0.2.8"]))
        .await
        .unwrap();
    let order = unban_of(None, &["192.0.2.0/24"]);
    let first = ground.agent.unban(&order).await.unwrap();
    assert_eq!(first.results[0].unbanned_in, [jail("app")]);
    assert_eq!(ground.shown().await, ["app 192.0.2.7", "web 192.0.2.8"]);
    // Not listed any more: fail2ban itself would now unban what it contains.
    let second = ground.agent.unban(&order).await.unwrap();
    assert!(second.results[0].unbanned_in.is_empty());
    assert_eq!(ground.client.banned("app").await.unwrap().len(), 1);
    assert_eq!(ground.client.banned("web").await.unwrap().len(), 1);
    ground.end().await;
}

#[tokio::test]
async fn unban_of_text_that_is_not_listed_sends_nothing() {
    let ground = Ground::new().await;
    ground.raw(&["set", "app", "banip", "127.0.0.1"]).await;
    // As a host name `localhost` would end the ban of its address.
    let texts = ["localhost", "--all", "", "a\nb", "x<F2B_END_COMMAND>"];
    let mut order = unban_of(None, &[]);
    order.subjects = texts
        .iter()
        .map(|t| domain::BanSubject::Other((*t).to_owned()))
        .collect();
    let report = ground.agent.unban(&order).await.unwrap();
    assert_eq!(report.results.len(), texts.len());
    assert!(report.results.iter().all(|r| r.unbanned_in.is_empty()));
    assert_eq!(ground.client.banned("app").await.unwrap().len(), 1);
    ground.end().await;
}

#[tokio::test]
async fn unban_everything_answers_how_many_there_were() {
    let ground = Ground::new().await;
    ground
        .agent
        .ban(&ban_of("app", &["192.0.2.1", "192.0.2.2"]))
        .await
        .unwrap();
    ground
        .agent
        .ban(&ban_of("web", &["192.0.2.1"]))
        .await
        .unwrap();
    assert_eq!(ground.agent.unban_everything().await, Ok(3));
    assert_eq!(ground.shown().await, Vec::<String>::new());
    assert_eq!(
        ground.agent.status().await.unwrap().totals.currently_banned,
        0
    );
    ground.end().await;
}

#[tokio::test]
async fn other_orders_get_through_while_many_bans_go_out() {
    let ground = Ground::new().await;
    let many: Vec<String> = (1..=100).map(|n| format!("192.0.2.{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let (app, web, other) = (
        ban_of("app", &many),
        ban_of("web", &many),
        unban_of(None, &["192.0.2.254"]),
    );
    let (first, second, third) = tokio::join!(
        ground.agent.ban(&app),
        ground.agent.ban(&web),
        ground.agent.unban(&other),
    );
    assert!(
        outcomes(first.unwrap())
            .iter()
            .all(|o| *o == BanOutcome::Banned)
    );
    assert!(
        outcomes(second.unwrap())
            .iter()
            .all(|o| *o == BanOutcome::Banned)
    );
    third.unwrap();
    assert_eq!(
        ground.agent.status().await.unwrap().totals.currently_banned,
        200
    );
    ground.end().await;
}

#[tokio::test]
async fn ban_of_what_the_server_protects_is_refused_until_it_is_protected_no_more() {
    let ground = Ground::new().await;
    let protected = |network: &str, reason| ProtectedNetwork {
        network: network.parse().unwrap(),
        reason,
    };
    let set = [
        protected("192.0.2.64/28", GuardReason::Allowlisted),
        protected("198.51.100.77/32", GuardReason::Proxy),
        protected("2001:db8:5::5/128", GuardReason::SignedIn),
    ];
    ground.agent.set_protected(&set).await.unwrap();
    let listed = ground.agent.protected().await.unwrap();
    assert!(set.iter().all(|network| listed.contains(network)));
    assert!(listed.contains(&protected("203.0.113.222/32", GuardReason::SshSession)));
    let mut order = ban_of(
        "app",
        &[
            "192.0.2.70",
            "198.51.100.76/30",
            "2001:db8:5::5",
            "203.0.113.222",
        ],
    );
    order.confirm_own_address = true;
    let refused = outcomes(ground.agent.ban(&order).await.unwrap());
    let reasons: Vec<GuardReason> = refused
        .iter()
        .map(|outcome| match outcome {
            BanOutcome::Refused(hits) => hits[0].reason,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        reasons,
        [
            GuardReason::Allowlisted,
            GuardReason::Proxy,
            GuardReason::SignedIn,
            GuardReason::SshSession
        ]
    );
    assert!(ground.client.banned("app").await.unwrap().is_empty());
    // Whoever is signed in there says yes to banning that very address.
    order.requester = Some("2001:db8:5::5".parse().unwrap());
    order.targets = vec![net("2001:db8:5::5")];
    let own = outcomes(ground.agent.ban(&order).await.unwrap());
    assert_eq!(own, [BanOutcome::Banned]);
    ground.agent.set_protected(&[]).await.unwrap();
    order.targets = vec![net("192.0.2.70"), net("198.51.100.76/30")];
    let then = outcomes(ground.agent.ban(&order).await.unwrap());
    assert_eq!(then, [BanOutcome::Banned, BanOutcome::Banned]);
    ground.end().await;
}
