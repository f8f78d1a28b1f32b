use std::{
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::Role;
use serde_json::{Value, json};

use crate::testing::{Namespace, PASSWORD, Plan, Sessions, TestApp, TestClient};

const BANS: &str = "/api/v1/hosts/local/own-bans";
const END: &str = "/api/v1/hosts/local/own-bans/end";
const LOOK: &str = "/api/v1/hosts/local/bans/preview";

async fn scene() -> (Namespace, TestApp, TestClient) {
    let namespace = Namespace::new();
    let app = TestApp::build(Plan {
        namespace: Some(&namespace),
        ..Plan::default()
    })
    .await;
    let operator = app.as_role(Role::Operator).await;
    (namespace, app, operator)
}

fn order(targets: &[&str], seconds: Option<i64>) -> Value {
    json!({ "targets": targets, "seconds": seconds, "reason": "scans" })
}

fn addresses(count: usize) -> Vec<String> {
    let address = |at: usize| format!("45.0.{}.{}", at / 256, at % 256);
    (0..count).map(address).collect()
}

fn rules(namespace: &Namespace) -> String {
    namespace.run(&["nft", "list", "ruleset"])
}

#[tokio::test]
async fn ban_without_a_jail_is_in_force_at_once_with_fail2ban_down() {
    let (namespace, app, operator) = scene().await;
    assert_eq!(rules(&namespace), "");
    let targets = ["198.51.100.77/24", "2001:db8::1"];
    let made = operator.post(BANS, order(&targets, Some(3600))).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let first = &made.json()["items"][0];
    assert_eq!(
        (&first["target"], &first["by"]),
        (&json!("198.51.100.0/24"), &json!("operator"))
    );
    assert_eq!(
        (&first["reason"], &first["inForce"]),
        (&json!("scans"), &json!(true))
    );
    let there = rules(&namespace);
    assert!(
        there.contains("198.51.100.0 ") && there.contains("2001:db8::1"),
        "{there}"
    );
    let listed = operator.get(BANS).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn ban_ended_is_out_of_force_at_once_and_stays_in_the_list_of_all() {
    let (namespace, _app, operator) = scene().await;
    let made = operator
        .post(BANS, order(&["198.51.100.7"], None))
        .await
        .json();
    let id = made["items"][0]["id"].clone();
    let ended = operator.post(END, json!({ "ids": [id] })).await;
    assert_eq!(
        ended.json()["items"][0]["endedBy"],
        "operator",
        "{}",
        ended.body
    );
    assert!(!rules(&namespace).contains("198.51.100.7"));
    assert_eq!(operator.get(BANS).await.json()["items"], json!([]));
    let all = operator.get(&format!("{BANS}?ended=true")).await.json();
    assert_eq!(all["items"][0]["inForce"], false);
    let again = operator.post(END, json!({ "ids": [id] })).await;
    assert_eq!(again.problem(), "own-ban-not-found");
}

#[tokio::test]
async fn ban_of_the_same_network_replaces_the_one_before() {
    let (namespace, _app, operator) = scene().await;
    operator.post(BANS, order(&["198.51.100.7"], None)).await;
    operator
        .post(BANS, order(&["198.51.100.7"], Some(600)))
        .await;
    let listed = operator.get(BANS).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let there = rules(&namespace);
    assert!(there.contains("timeout 10m"), "{there}");
}

#[tokio::test]
async fn ban_made_while_the_one_before_ends_is_in_force_as_it_is_kept() {
    let (namespace, _app, operator) = scene().await;
    for _ in 0..20 {
        let made = operator.post(BANS, order(&["198.51.100.7"], None)).await;
        let id = made.json()["items"][0]["id"].clone();
        let (ended, made) = tokio::join!(
            operator.post(END, json!({ "ids": [id] })),
            operator.post(BANS, order(&["198.51.100.7"], None)),
        );
        assert_eq!(made.status, 201, "{} {}", made.body, ended.body);
        let kept = operator.get(BANS).await.json();
        assert_eq!(kept["items"].as_array().unwrap().len(), 1);
        let there = rules(&namespace);
        assert!(there.contains("198.51.100.7"), "{there}");
    }
}

#[tokio::test]
async fn ban_of_who_asks_needs_a_second_yes() {
    let (namespace, _app, operator) = scene().await;
    let mut own = order(&["203.0.113.0/24"], None);
    let refused = operator.post(BANS, own.clone()).await;
    assert_eq!(refused.problem(), "lock-out-guard");
    assert_eq!(refused.json()["hits"][0]["target"], "203.0.113.0/24");
    assert_eq!(rules(&namespace), "");
    own["targets"] = json!(["203.0.113.5"]);
    own["confirmOwnAddress"] = json!(true);
    let confirmed = operator.post(BANS, own).await;
    assert_eq!(confirmed.status, 201, "{}", confirmed.body);
    let other = order(&["198.51.100.7", "127.0.0.1"], None);
    assert_eq!(operator.post(BANS, other).await.problem(), "lock-out-guard");
    assert!(
        !rules(&namespace).contains("198.51.100.7"),
        "all of an order, or nothing"
    );
}

/// Loads BanGUI's own table anew.
async fn load(app: &TestApp) {
    let admin = app.as_role(Role::Admin).await;
    let repair = json!({ "jails": [], "own": true });
    let repaired = admin
        .post("/api/v1/hosts/local/firewall/repair", repair)
        .await;
    assert_eq!(repaired.status, 200, "{}", repaired.body);
}

#[tokio::test]
async fn ban_of_who_came_in_since_the_server_looked_is_refused_and_kept_nowhere() {
    static SESSIONS: Mutex<Vec<IpAddr>> = Mutex::new(Vec::new());
    let namespace = Namespace::new();
    let app = TestApp::build(Plan {
        namespace: Some(&namespace),
        agent: |config| {
            config.guard.facts = Arc::new(Sessions(&SESSIONS));
            // What the server is told is never looked at again.
            config.guard.refresh = Duration::from_hours(1);
        },
        ..Plan::default()
    })
    .await;
    let operator = app.as_role(Role::Operator).await;
    for other in ["198.51.100.7", "198.51.100.8"] {
        let made = operator.post(BANS, order(&[other], None)).await;
        assert_eq!(made.status, 201, "{}", made.body);
        SESSIONS.lock().unwrap().push("192.0.2.7".parse().unwrap());
        let refused = operator.post(BANS, order(&["192.0.2.0/24"], None)).await;
        assert_eq!(refused.problem(), "lock-out-guard", "{}", refused.body);
        let hits = refused.json()["hits"].clone();
        assert_eq!(hits[0]["target"], "192.0.2.0/24");
        assert_eq!(hits[0]["hits"][0]["reason"], "sshSession");
        let there = rules(&namespace);
        assert!(
            there.contains(other) && !there.contains("192.0.2.0"),
            "{there}"
        );
        // With no table there, too.
        namespace.run(&["nft", "delete", "table", "inet", "bangui"]);
    }
    let listed = operator.get(BANS).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2, "{listed}");
    app.stop().await;
}

#[tokio::test]
async fn load_lets_through_who_is_logged_in_by_then_unless_that_was_confirmed() {
    static SESSIONS: Mutex<Vec<IpAddr>> = Mutex::new(Vec::new());
    let namespace = Namespace::new();
    let app = TestApp::build(Plan {
        namespace: Some(&namespace),
        agent: |config| config.guard.facts = Arc::new(Sessions(&SESSIONS)),
        ..Plan::default()
    })
    .await;
    let operator = app.as_role(Role::Operator).await;
    let made = operator.post(BANS, order(&["192.0.2.0/24"], None)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let mut own = order(&["203.0.113.5"], None);
    own["confirmOwnAddress"] = json!(true);
    let made = operator.post(BANS, own).await;
    assert_eq!(made.status, 201, "{}", made.body);
    for session in ["192.0.2.7", "203.0.113.5"] {
        SESSIONS.lock().unwrap().push(session.parse().unwrap());
    }
    load(&app).await;
    let allowed = namespace.run(&["nft", "list", "set", "inet", "bangui", "allowed4_32"]);
    assert!(
        allowed.contains("192.0.2.7") && !allowed.contains("203.0.113.5"),
        "{allowed}"
    );
    // It is over with the session.
    SESSIONS.lock().unwrap().clear();
    load(&app).await;
    let there = rules(&namespace);
    assert!(
        there.contains("192.0.2.0") && !there.contains("192.0.2.7"),
        "{there}"
    );
    app.stop().await;
}

#[tokio::test]
async fn bans_of_a_whole_file_are_one_order_and_end_as_one() {
    let (namespace, _app, operator) = scene().await;
    operator.post(BANS, order(&["198.51.100.7"], None)).await;
    let file = json!({ "targets": addresses(9_999), "seconds": 3600 });
    let made = operator.post(BANS, file).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let ids: Vec<Value> = made.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ban| ban["id"].clone())
        .collect();
    assert_eq!(ids.len(), 9_999);
    let there = rules(&namespace);
    for address in ["198.51.100.7", "45.0.0.0 ", "45.0.20.33", "45.0.39.14"] {
        assert!(there.contains(address), "{address}");
    }
    let one_more = operator.post(BANS, order(&["203.0.114.1"], None)).await;
    assert_eq!(one_more.problem(), "too-many-targets");
    let ended = operator.post(END, json!({ "ids": ids })).await;
    assert_eq!(ended.json()["items"].as_array().unwrap().len(), 9_999);
    let there = rules(&namespace);
    assert!(there.contains("198.51.100.7") && !there.contains("45.0."));
    let left = operator.get(BANS).await.json();
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn ban_with_wrong_values_is_refused_field_by_field() {
    let (_namespace, _app, operator) = scene().await;
    let long = "x".repeat(201);
    for (targets, seconds, reason, field) in [
        (json!([]), json!(1), "", "targets"),
        (json!(["nonsense"]), json!(1), "", "targets[0]"),
        (json!(["10.0.0.0/7"]), json!(1), "", "targets[0]"),
        (json!(["2000::/18"]), json!(1), "", "targets[0]"),
        (json!(["198.51.100.7"]), json!(0), "", "seconds"),
        (json!(["198.51.100.7"]), json!(400_000_000), "", "seconds"),
        (json!(["198.51.100.7"]), json!(null), &*long, "reason"),
    ] {
        let order = json!({ "targets": targets, "seconds": seconds, "reason": reason });
        let answer = operator.post(BANS, order).await;
        assert_eq!(answer.problem(), "invalid", "{field}");
        assert_eq!(answer.json()["errors"][0]["field"], field);
    }
    let many = addresses(10_001);
    let answer = operator
        .post(BANS, json!({ "targets": many, "seconds": 1 }))
        .await;
    assert_eq!(answer.problem(), "too-many-targets");
}

#[tokio::test]
async fn ban_where_nothing_can_block_is_refused_and_not_kept() {
    let app = TestApp::new().await;
    let operator = app.as_role(Role::Operator).await;
    let answer = operator.post(BANS, order(&["198.51.100.7"], None)).await;
    assert_eq!(answer.problem(), "firewall-unusable");
    assert_eq!(operator.get(BANS).await.json()["items"], json!([]));
}

#[tokio::test]
async fn ban_by_a_viewer_is_forbidden() {
    let (_namespace, app, _operator) = scene().await;
    let viewer = app.as_role(Role::Viewer).await;
    let answer = viewer.post(BANS, order(&["198.51.100.7"], None)).await;
    assert_eq!(answer.problem(), "forbidden");
    assert_eq!(viewer.get(BANS).await.status, 200);
}

#[tokio::test]
async fn table_that_somebody_removed_comes_back_with_the_bans_that_are_left() {
    let (namespace, app, operator) = scene().await;
    operator.post(BANS, order(&["198.51.100.7"], None)).await;
    namespace.run(&["nft", "delete", "table", "inet", "bangui"]);
    let admin = app.as_role(Role::Admin).await;
    let repair = json!({ "jails": [], "own": true });
    let uri = "/api/v1/hosts/local/firewall/repair";
    let repaired = admin.post(uri, repair).await;
    assert_eq!(repaired.json()["own"]["isRight"], true, "{}", repaired.body);
    assert!(rules(&namespace).contains("198.51.100.7"));
}

#[tokio::test]
async fn preview_says_what_a_network_covers() {
    let (_namespace, app, operator) = scene().await;
    let admin = app.as_role(Role::Admin).await;
    admin
        .post("/api/v1/allowlist", json!({ "subject": "203.0.113.9" }))
        .await;
    operator
        .post(BANS, order(&["203.0.113.128/25"], None))
        .await;
    let look = operator
        .post(LOOK, json!({ "targets": ["203.0.113.77/24"] }))
        .await;
    assert_eq!(look.status, 200, "{}", look.body);
    let cover = &look.json()["items"][0];
    assert_eq!(
        (&cover["target"], &cover["masked"]),
        (&json!("203.0.113.0/24"), &json!(true))
    );
    assert_eq!(
        (&cover["addresses"], &cover["ownBans"]),
        (&json!("256"), &json!(1))
    );
    assert_eq!(cover["allowed"][0]["subject"], "203.0.113.9");
    let reasons: Vec<&str> = cover["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["reason"].as_str().unwrap())
        .collect();
    assert!(
        reasons.contains(&"allowlisted") && reasons.contains(&"requester"),
        "{reasons:?}"
    );
    let bad = operator.post(LOOK, json!({ "targets": ["x"] })).await;
    assert_eq!(bad.problem(), "invalid");
    let many = vec!["198.51.100.7"; 21];
    let answer = operator.post(LOOK, json!({ "targets": many })).await;
    assert_eq!(answer.problem(), "too-many-targets");
}

#[tokio::test]
async fn preview_names_who_lately_signed_in_and_says_that_logins_are_not_known() {
    let (_namespace, app, operator) = scene().await;
    let signing_in = json!({ "name": "operator", "password": PASSWORD });
    let signed_in = app.visitor().post("/api/v1/session", signing_in).await;
    assert_eq!(signed_in.status, 201, "{}", signed_in.body);
    let look = json!({ "targets": ["203.0.113.0/24", "198.51.100.0/24"] });
    let items = operator.post(LOOK, look).await.json()["items"].clone();
    assert_eq!(
        items[0]["recentLogins"],
        json!({
            "days": 30,
            "known": false,
            "total": 1,
            "items": [{ "address": "203.0.113.5", "lastAt": "2026-11-23T12:00:00.000Z", "ways": ["bangui"] }],
        })
    );
    assert_eq!(
        items[1]["recentLogins"],
        json!({ "days": 30, "known": false, "total": 0, "items": [] })
    );
}

#[tokio::test]
async fn preview_forgets_a_sign_in_after_a_month() {
    let (_namespace, app, _operator) = scene().await;
    let signing_in = json!({ "name": "operator", "password": PASSWORD });
    app.visitor().post("/api/v1/session", signing_in).await;
    app.clock.advance_seconds(31 * 86_400);
    let later = app.as_role(Role::Operator).await;
    let look = json!({ "targets": ["203.0.113.0/24"] });
    let items = later.post(LOOK, look).await.json()["items"].clone();
    assert_eq!(items[0]["recentLogins"]["items"], json!([]));
}
