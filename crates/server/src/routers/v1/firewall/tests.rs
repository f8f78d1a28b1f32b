use domain::Role;
use serde_json::{Value, json};

use crate::testing::{Namespace, Plan, TestApp};

const FIREWALL: &str = "/api/v1/hosts/local/firewall";
const CHECK: &str = "/api/v1/hosts/local/firewall/check";
const REPAIR: &str = "/api/v1/hosts/local/firewall/repair";

#[tokio::test]
async fn standing_with_nothing_to_block_leaves_the_packet_filter_alone() {
    let namespace = Namespace::new();
    let app = TestApp::build(Plan {
        namespace: Some(&namespace),
        ..Plan::default()
    })
    .await;
    let viewer = app.as_role(Role::Viewer).await;
    let state = viewer.get(FIREWALL).await.json();
    assert_eq!(state["table"]["backend"], "nftables");
    assert_eq!(state["table"]["isThere"], false);
    assert_eq!(state["lastLoad"]["changed"], false);
    assert_eq!(namespace.run(&["nft", "list", "ruleset"]), "");
}

#[tokio::test]
async fn element_taken_out_by_hand_is_found_and_put_back() {
    let namespace = Namespace::new();
    let app = TestApp::build(Plan {
        namespace: Some(&namespace),
        ..Plan::default()
    })
    .await;
    let admin = app.as_role(Role::Admin).await;
    let order = json!({ "targets": ["198.51.100.7", "198.51.100.8"], "seconds": null });
    let made = admin.post("/api/v1/hosts/local/own-bans", order).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let right = admin.post(CHECK, json!({})).await;
    assert_eq!(right.json()["own"]["isRight"], true, "{}", right.body);
    // fail2ban is down: what it bans is not known, and hides nothing of the rest.
    assert_eq!(
        right.json()["jailsProblem"]["code"],
        "daemon-socket-missing",
        "{}",
        right.body
    );
    let rules = namespace.run(&["nft", "list", "ruleset"]);
    let set = set_of(&rules, "198.51.100.7");
    let element = format!("delete element inet bangui {set} {{ 198.51.100.7 }}");
    namespace.run(&["nft", &element]);
    let drift = admin.post(CHECK, json!({})).await.json();
    assert_eq!(drift["own"]["missing"], json!(["198.51.100.7"]), "{drift}");
    let shown = admin.get(FIREWALL).await.json();
    assert_eq!(shown["drift"]["own"]["missingCount"], 1);
    let repaired = admin
        .post(REPAIR, json!({ "jails": [], "own": true }))
        .await
        .json();
    assert_eq!(repaired["own"]["isRight"], true, "{repaired}");
    assert!(
        namespace
            .run(&["nft", "list", "ruleset"])
            .contains("198.51.100.7")
    );
}

/// The set that holds an element, in what nft prints.
fn set_of(rules: &str, element: &str) -> String {
    let mut set = "";
    for line in rules.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("set ") {
            set = name.trim_end_matches(" {");
        }
        if line.contains(element) {
            return set.to_owned();
        }
    }
    panic!("{element} is in no set: {rules}");
}

#[tokio::test]
async fn truth_about_something_else_than_an_address_is_refused() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    let answer = viewer.get("/api/v1/addresses/nonsense/truth").await;
    assert_eq!(answer.problem(), "invalid");
    let answer = viewer
        .get("/api/v1/addresses/198.51.100.7/truth")
        .await
        .json();
    assert_eq!(answer["verdicts"], json!([]));
    assert!(
        answer["problem"]["text"]
            .as_str()
            .unwrap()
            .contains("without one"),
        "{answer}"
    );
}

#[tokio::test]
async fn repair_of_a_jail_while_fail2ban_is_down_says_so() {
    let namespace = Namespace::new();
    let app = TestApp::build(Plan {
        namespace: Some(&namespace),
        ..Plan::default()
    })
    .await;
    let admin = app.as_role(Role::Admin).await;
    let repair = json!({ "jails": ["sshd"], "own": false });
    let answer = admin.post(REPAIR, repair).await;
    assert_eq!(answer.problem(), "daemon-unavailable", "{}", answer.body);
}

#[tokio::test]
async fn firewall_is_checked_by_operators_and_repaired_by_administrators() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    let operator = app.as_role(Role::Operator).await;
    assert_eq!(viewer.get(FIREWALL).await.status, 200);
    assert_eq!(viewer.post(CHECK, json!({})).await.problem(), "forbidden");
    let unusable = operator.post(CHECK, json!({})).await;
    assert_eq!(unusable.problem(), "firewall-unusable");
    let repair = json!({ "jails": [], "own": true });
    assert_eq!(operator.post(REPAIR, repair).await.problem(), "forbidden");
    let elsewhere = viewer.get("/api/v1/hosts/web-1/firewall").await;
    assert_eq!(elsewhere.problem(), "host-not-found");
    let none: Value = json!({ "jails": ["a,b"], "own": false });
    let admin = app.as_role(Role::Admin).await;
    assert_eq!(admin.post(REPAIR, none).await.problem(), "invalid");
}
