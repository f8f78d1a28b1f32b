use domain::Role;
use serde_json::{Value, json};

use crate::testing::{Namespace, Plan, TestApp, TestClient};

const ALLOWED: &str = "/api/v1/allowlist";
const BANS: &str = "/api/v1/hosts/local/own-bans";

async fn operator() -> (TestApp, TestClient) {
    let app = TestApp::new().await;
    let operator = app.as_role(Role::Operator).await;
    (app, operator)
}

async fn subjects(client: &TestClient) -> Vec<String> {
    let listed = client.get(ALLOWED).await.json();
    let items = listed["items"].as_array().unwrap().clone();
    let subject = |entry: &Value| entry["subject"].as_str().unwrap().to_owned();
    items.iter().map(subject).collect()
}

#[tokio::test]
async fn entry_added_is_listed_with_who_when_and_why() {
    let (_app, operator) = operator().await;
    let new = json!({ "subject": "198.51.100.77/24", "note": "the office", "expiresAt": "2026-12-24T18:00:00Z" });
    let added = operator.post(ALLOWED, new).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let entry = &operator.get(ALLOWED).await.json()["items"][0];
    assert_eq!(
        (&entry["subject"], &entry["kind"]),
        (&json!("198.51.100.0/24"), &json!("network"))
    );
    assert_eq!(
        (&entry["note"], &entry["owner"]),
        (&json!("the office"), &json!("operator"))
    );
    assert_eq!(
        (&entry["holds"], &entry["host"]),
        (&json!(true), &json!(null))
    );
    assert_eq!(entry["expiresAt"], "2026-12-24T18:00:00.000Z");
}

#[tokio::test]
async fn entry_that_is_a_name_shows_what_it_resolves_to_now() {
    let (_app, operator) = operator().await;
    let known = operator
        .post(ALLOWED, json!({ "subject": "Office.example.org" }))
        .await
        .json();
    assert_eq!(
        known["entry"]["resolved"]["addresses"],
        json!(["198.51.100.9"])
    );
    let unknown = operator
        .post(ALLOWED, json!({ "subject": "nowhere.example.org" }))
        .await
        .json();
    assert_eq!(unknown["entry"]["resolved"]["addresses"], json!([]));
    let problem = unknown["problems"][0].as_str().unwrap();
    assert!(problem.starts_with("nowhere.example.org:"), "{problem}");
}

#[tokio::test]
async fn entry_with_wrong_values_is_refused() {
    let (_app, operator) = operator().await;
    for (new, field) in [
        (json!({ "subject": "" }), "subject"),
        (json!({ "subject": "office" }), "subject"),
        (json!({ "subject": "10.0.0.0/7" }), "subject"),
        (json!({ "subject": "2000::/18" }), "subject"),
        (
            json!({ "subject": "198.51.100.7", "expiresAt": "2020-01-01T00:00:00Z" }),
            "expiresAt",
        ),
        (
            json!({ "subject": "198.51.100.7", "expiresAt": "soon" }),
            "expiresAt",
        ),
        (
            json!({ "subject": "198.51.100.7", "note": "x".repeat(501) }),
            "note",
        ),
        (
            json!({ "subject": "198.51.100.7", "host": "Not A Host" }),
            "host",
        ),
    ] {
        let answer = operator.post(ALLOWED, new).await;
        assert_eq!(answer.problem(), "invalid", "{field}: {}", answer.body);
        assert_eq!(answer.json()["errors"][0]["field"], field);
    }
    assert_eq!(subjects(&operator).await, [""; 0]);
}

#[tokio::test]
async fn entry_that_is_there_already_is_not_made_twice() {
    let (_app, operator) = operator().await;
    operator
        .post(ALLOWED, json!({ "subject": "198.51.100.7" }))
        .await;
    let again = operator
        .post(ALLOWED, json!({ "subject": "198.51.100.7/32" }))
        .await;
    assert_eq!(again.problem(), "already-allowed");
}

#[tokio::test]
async fn entry_changed_keeps_its_subject() {
    let (_app, operator) = operator().await;
    let added = operator
        .post(ALLOWED, json!({ "subject": "198.51.100.7" }))
        .await
        .json();
    let uri = format!("{ALLOWED}/{}", added["entry"]["id"]);
    let change = json!({ "note": "a guest", "expiresAt": "2026-12-01T00:00:00Z" });
    let changed = operator.put(&uri, change).await.json();
    assert_eq!(
        (&changed["subject"], &changed["note"]),
        (&json!("198.51.100.7"), &json!("a guest"))
    );
    let other = operator
        .put(
            &format!("{ALLOWED}/99"),
            json!({ "note": "", "expiresAt": null }),
        )
        .await;
    assert_eq!(other.problem(), "allowed-not-found");
}

#[tokio::test]
async fn entry_removed_is_gone() {
    let (_app, operator) = operator().await;
    let added = operator
        .post(ALLOWED, json!({ "subject": "198.51.100.7" }))
        .await
        .json();
    let uri = format!("{ALLOWED}/{}", added["entry"]["id"]);
    assert_eq!(operator.delete(&uri).await.status, 204);
    assert_eq!(subjects(&operator).await, [""; 0]);
    assert_eq!(operator.delete(&uri).await.problem(), "allowed-not-found");
}

#[tokio::test]
async fn entry_lets_a_banned_address_through_at_once_and_cannot_be_banned() {
    let namespace = Namespace::new();
    let app = TestApp::build(Plan {
        namespace: Some(&namespace),
        ..Plan::default()
    })
    .await;
    let operator = app.as_role(Role::Operator).await;
    let order = json!({ "targets": ["198.51.100.0/24"], "seconds": null });
    assert_eq!(operator.post(BANS, order.clone()).await.status, 201);
    let added = operator
        .post(ALLOWED, json!({ "subject": "198.51.100.7" }))
        .await;
    assert_eq!(added.status, 201, "{}", added.body);
    let rules = namespace.run(&["nft", "list", "ruleset"]);
    assert!(rules.contains("198.51.100.7"), "{rules}");
    assert_eq!(operator.post(BANS, order).await.status, 201);
    let own = json!({ "targets": ["198.51.100.7"], "seconds": null });
    let again = operator.post(BANS, own).await;
    assert_eq!(again.problem(), "lock-out-guard");
    let reason = &again.json()["hits"][0]["hits"][0]["reason"];
    assert_eq!(reason, "allowlisted");
}

#[tokio::test]
async fn entry_ends_the_bans_without_a_jail_within_it() {
    let namespace = Namespace::new();
    let app = TestApp::build(Plan {
        namespace: Some(&namespace),
        ..Plan::default()
    })
    .await;
    let operator = app.as_role(Role::Operator).await;
    let targets = ["198.51.100.7", "198.51.100.128/25", "198.51.0.0/16"];
    let order = json!({ "targets": targets, "seconds": null });
    assert_eq!(operator.post(BANS, order).await.status, 201);
    let entry = json!({ "subject": "198.51.100.0/24" });
    let added = operator.post(ALLOWED, entry).await;
    assert_eq!(added.json()["unbanned"], 2, "{}", added.body);
    let left = operator.get(BANS).await.json();
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
    assert_eq!(left["items"][0]["target"], "198.51.0.0/16");
}

/// The set of single addresses that are banned by hand becomes one of ports: whatever is done to it the kernel refuses.
fn spoil(namespace: &Namespace) {
    let set = ["inet", "bangui", "banned4_32"];
    namespace.run(&["nft", "flush", "chain", "inet", "bangui", "banned"]);
    namespace.run(&[&["nft", "delete", "set"][..], &set].concat());
    let of_ports = "{ type inet_service; }";
    namespace.run(&[&["nft", "add", "set"][..], &set, &[of_ports]].concat());
}

#[tokio::test]
async fn entry_that_the_kernel_refuses_is_tried_everywhere_else_and_the_rest_is_told() {
    let namespace = Namespace::new();
    let app = TestApp::build(Plan {
        namespace: Some(&namespace),
        ..Plan::default()
    })
    .await;
    let operator = app.as_role(Role::Operator).await;
    let order = json!({ "targets": ["198.51.100.7"], "seconds": null });
    assert_eq!(operator.post(BANS, order).await.status, 201);
    spoil(&namespace);
    let entry = json!({ "subject": "198.51.100.7" });
    let added = operator.post(ALLOWED, entry).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let problem = added.json()["problems"][0].as_str().unwrap().to_owned();
    assert!(problem.starts_with("bans without a jail: "), "{problem}");
    let left = operator.get(BANS).await.json();
    assert_eq!(left["items"], json!([]));
    let rules = namespace.run(&["nft", "list", "ruleset"]);
    assert!(rules.contains("198.51.100.7"), "it is let through: {rules}");
}

#[tokio::test]
async fn entry_is_made_by_operators_and_seen_by_viewers() {
    let (app, _operator) = operator().await;
    let viewer = app.as_role(Role::Viewer).await;
    assert_eq!(viewer.get(ALLOWED).await.status, 200);
    let answer = viewer
        .post(ALLOWED, json!({ "subject": "198.51.100.7" }))
        .await;
    assert_eq!(answer.problem(), "forbidden");
}
