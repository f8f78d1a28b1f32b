use domain::{
    AuditAction, Clock as _, EventFilter, HostId, NewAuditEntry, NewOwnBan, Outcome, Role,
    Storage as _, Timestamp,
};
use serde_json::json;

use crate::testing::{Ears, Plan, TestApp, heard_ban};

#[tokio::test]
async fn events_older_than_the_setting_go_and_younger_ones_stay() {
    let ears = std::sync::Arc::new(Ears::new());
    let app = TestApp::build(Plan {
        ears: Some(std::sync::Arc::clone(&ears)),
        ..Plan::default()
    })
    .await;
    let now = app.clock.now();
    ears.tell((0..1_200).map(|at| heard_ban(now.plus_seconds(-40 * 86_400 - at), "192.0.2.1")));
    ears.tell((0..5).map(|at| heard_ban(now.plus_seconds(-86_400 - at), "192.0.2.2")));
    let history = app.storage.history();
    let count = async || {
        let filter = EventFilter::default();
        history.count_events(&filter, 10_000).await.unwrap().count
    };
    let until = async |wanted: u64| {
        let waiting = async {
            while count().await != wanted {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        let limit = std::time::Duration::from_mins(1);
        tokio::time::timeout(limit, waiting).await.unwrap();
    };
    until(1_205).await;
    let admin = app.as_role(Role::Admin).await;
    let mut settings = admin.get("/api/v1/settings").await.json();
    settings["retentionDays"] = json!(30);
    assert_eq!(admin.put("/api/v1/settings", settings).await.status, 200);
    app.forget_old_events().await;
    assert_eq!(count().await, 5);
}

#[tokio::test]
async fn own_bans_that_ended_before_the_setting_go_and_those_in_force_stay() {
    let app = TestApp::new().await;
    let now = app.clock.now();
    let days = |days: i64| now.plus_seconds(days * 86_400);
    let ban = |address: String, until: Option<Timestamp>| NewOwnBan {
        host: HostId::local(),
        network: address.parse().unwrap(),
        since: days(-500),
        until,
        reason: "scans".parse().unwrap(),
        by: "root".parse().unwrap(),
        confirmed: None,
    };
    let mut bans: Vec<NewOwnBan> = (0..600)
        .map(|at| {
            ban(
                format!("198.51.{}.{}/32", at / 250, at % 250),
                Some(days(-400)),
            )
        })
        .collect();
    bans.push(ban("203.0.113.1/32".to_owned(), Some(days(-300))));
    bans.push(ban("203.0.113.2/32".to_owned(), Some(days(1))));
    bans.push(ban("203.0.113.3/32".to_owned(), None));
    let entry = NewAuditEntry {
        at: now,
        actor: domain::Actor::System,
        address: None,
        action: AuditAction::OwnBansCreated,
        host: Some(HostId::local()),
        target: String::new(),
        outcome: Outcome::Success,
        detail: json!({}),
    };
    let writes = app.storage.blocking_writes();
    writes.add_own_bans(&bans, &entry).await.unwrap();
    app.forget_old_events().await;
    let left = app.storage.blocking().own_bans(None, 1000).await.unwrap();
    let left: Vec<String> = left.iter().map(|ban| ban.ban.network.to_string()).collect();
    assert_eq!(left, ["203.0.113.3/32", "203.0.113.2/32", "203.0.113.1/32"]);
}
