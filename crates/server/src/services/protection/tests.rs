use std::time::Duration;

use domain::{HostReads as _, Role};
use serde_json::{Value, json};

use super::*;
use crate::testing::{PASSWORD, Plan, TestApp, TestClient};

const CHECK: &str = "/api/v1/hosts/local/bans/check";
/// Longer than anything takes on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

fn protected(network: &str, reason: GuardReason) -> ProtectedNetwork {
    ProtectedNetwork {
        reason,
        network: network.parse().unwrap(),
    }
}

/// Waits until the agent protects this, or does not.
async fn until_protected(app: &TestApp, network: ProtectedNetwork, wanted: bool) {
    let asking = async {
        while app.agent.protected().await.unwrap().contains(&network) != wanted {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let seen = tokio::time::timeout(LIMIT, asking).await;
    assert!(seen.is_ok(), "{network:?} never came to be {wanted}");
}

/// Somebody who signs in from there.
async fn signed_in(app: &TestApp, address: &str) -> TestClient {
    let visitor = app.visitor().at(address);
    let order = json!({ "name": "admin", "password": PASSWORD });
    let answer = visitor.post("/api/v1/session", order).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    visitor.with_cookie_of(&answer)
}

async fn looked_at(client: &TestClient, text: &str) -> Value {
    let answer = client.post(CHECK, json!({ "text": text })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let line = answer.json()["lines"][0].clone();
    json!({ "outcome": line["outcome"], "hits": line["hits"] })
}

#[tokio::test]
async fn proxies_are_protected_from_the_start_with_every_part_of_their_networks() {
    let app = TestApp::build(Plan {
        settings: |settings| {
            settings.trusted_proxies = vec!["198.51.100.0/28".parse().unwrap()];
        },
        ..Plan::default()
    })
    .await;
    let listed = app.agent.protected().await.unwrap();
    assert!(listed.contains(&protected("198.51.100.0/28", GuardReason::Proxy)));
    let operator = app.as_role(Role::Operator).await;
    let hits = json!([{ "reason": "proxy", "address": "198.51.100.9", "canBeOverridden": false }]);
    assert_eq!(
        looked_at(&operator, "198.51.100.9").await,
        json!({ "outcome": "refused", "hits": hits })
    );
}

#[tokio::test]
async fn address_of_somebody_signed_in_is_protected_until_the_session_ends() {
    let app = TestApp::new().await;
    let operator = app.as_role(Role::Operator).await;
    let person = protected("198.51.100.77/32", GuardReason::SignedIn);
    assert!(!app.agent.protected().await.unwrap().contains(&person));
    let admin = signed_in(&app, "198.51.100.77").await;
    until_protected(&app, person, true).await;
    let hit = json!({ "reason": "signedIn", "address": "198.51.100.77", "canBeOverridden": false });
    assert_eq!(
        looked_at(&operator, "198.51.100.76/31").await,
        json!({ "outcome": "refused", "hits": [hit] })
    );
    // At the place itself it is the requester's own address, which a second yes lifts.
    let own = json!({ "reason": "requester", "address": "198.51.100.77", "canBeOverridden": true });
    assert_eq!(
        looked_at(&admin, "198.51.100.77").await,
        json!({ "outcome": "needsConfirmation", "hits": [own] })
    );
    let ended = admin.delete("/api/v1/session").await;
    assert_eq!(ended.status, 204, "{}", ended.body);
    until_protected(&app, person, false).await;
    assert_eq!(
        looked_at(&operator, "198.51.100.77").await,
        json!({ "outcome": "ok", "hits": [] })
    );
}

#[tokio::test]
async fn address_of_a_session_that_ended_by_itself_is_protected_no_more_after_the_next_run() {
    let app = TestApp::new().await;
    let person = protected("198.51.100.78/32", GuardReason::SignedIn);
    signed_in(&app, "198.51.100.78").await;
    until_protected(&app, person, true).await;
    app.clock.advance_seconds(90_000);
    // Time runs on by itself whenever everybody waits for it.
    tokio::time::pause();
    until_protected(&app, person, false).await;
}
